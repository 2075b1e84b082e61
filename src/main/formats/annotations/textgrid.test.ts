import { expect, test } from 'vitest';
import { decodeText } from '../decode-text.ts';
import { readTextGrid } from './textgrid.ts';

const long = (label: string, { head = 'ooTextFile', comment = '', size = 1, more = '', point = '.' } = {}): string => `File type = "${head}"
Object class = "TextGrid"

xmin = 0 
xmax = 12 
tiers? <exists> 
size = ${size} 
item []: ${comment}
    item [1]:
        class = "IntervalTier" 
        name = "Ann" 
        xmin = 0 
        xmax = 12 
        intervals: size = 2 
        intervals [1]:
            xmin = 0 
            xmax = 1${point}25 
            text = "" 
        intervals [2]:
            xmin = 1${point}25 
            xmax = 12 
            text = "${label}" ! 3 times
${more}`;
const labelsOf = (text: string): unknown[] =>
  readTextGrid(text, 'x.TextGrid').recordings[0]!.layers.map(({ name, segments, peaks }) => [
    name,
    segments.map(({ label, startS }) => [label, startS]),
    peaks.map(({ label, apexS }) => [label, apexS]),
  ]);

test('comments are skipped, and the header of early versions is known', () => {
  const expected = [['Ann', [['happiness', 1.25]], []]];
  expect(labelsOf(long('happiness', { comment: '! 99 tiers here "and" <exists>' }))).toEqual(expected);
  const short = 'File type = "ooTextFile short"\n"TextGrid"\n\n0\n12\n<exists>\n1\n"IntervalTier"\n"Ann"\n0\n12\n2\n0\n1.25\n""\n1.25\n12\n"happiness"\n';
  expect(labelsOf(short)).toEqual(expected);
  expect(labelsOf('File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n12\n<absent>\n')).toEqual([]);
});

test('the chronological form is read', () => {
  const text =
    '"Praat chronological TextGrid text file"\n0 12   ! Time domain.\n2   ! Number of tiers.\n"IntervalTier" "Ann" 0 12\n"TextTier" "beeps" 0 12\n' +
    '1 0 1.25\n""\n2 3.5\n"beep"\n1 1.25 12\n"happiness"\n';
  expect(labelsOf(text)).toEqual([
    ['Ann', [['happiness', 1.25]], []],
    ['beeps', [], [['beep', 3.5]]],
  ]);
});

test('a decimal comma is an error that names it', () => {
  expect(() => readTextGrid(long('happiness', { point: ',' }), 'x.TextGrid')).toThrow(
    expect.objectContaining({ id: 'data-set-invalid/textgrid-comma', parameters: { file: 'x.TextGrid', number: '1,25' } }),
  );
});

test('points become peaks of their tier, with a note; points without a text are ignored', () => {
  const points = `    item [2]:
        class = "TextTier"
        name = "apex"
        xmin = 0
        xmax = 12
        points: size = 2
        points [1]:
            number = 1.5
            mark = "happiness"
        points [2]:
            number = 4
            mark = ""`;
  const { recordings } = readTextGrid(long('happiness', { size: 2, more: points }), 'x.TextGrid');
  expect(recordings[0]!.layers[1]).toMatchObject({
    name: 'apex',
    segments: [],
    peaks: [{ label: 'happiness', onsetS: 1.5, apexS: 1.5, offsetS: 1.5 }],
    notes: [{ id: 'import/points', parameters: { tier: 'apex', count: 1 } }],
  });
});

test("a person's own tier of confidences belongs to the labels only if it has their intervals and shares from 0 to 1", () => {
  const second = (text: string): string => `    item [2]:
        class = "IntervalTier"
        name = "Ann confidence"
        xmin = 0
        xmax = 12
        intervals: size = 2
            xmin = 0
            xmax = 1.25
            text = ""
            xmin = 1.25
            xmax = 12
            text = "${text}"`;
  const read = (text: string) => readTextGrid(long('happiness', { size: 2, more: second(text) }), 'x.TextGrid').recordings[0]!.layers;
  expect(read('0.75')).toMatchObject([{ name: 'Ann', segments: [{ label: 'happiness', confidence: 0.75 }] }]);
  expect(read('5')).toMatchObject([
    { name: 'Ann', segments: [{ confidence: null }] },
    { name: 'Ann confidence', segments: [{ label: '5' }] },
  ]);
});

test('files in UTF-16, UTF-8, Windows-1252 and Mac Roman are read', () => {
  const expected = [['Ann', [['Überraschung ä, gêne, wütend', 1.25]], []]];
  const text = long('Überraschung ä, gêne, wütend');
  const mac: Record<string, number> = { Ü: 0x86, ä: 0x8a, ê: 0x90, ü: 0x9f };
  const files = {
    utf8: Buffer.from(text),
    'utf8 with a mark': Buffer.from(`\uFEFF${text}`),
    utf16le: Buffer.from(`\uFEFF${text}`, 'utf16le'),
    'utf16be without a mark': Buffer.from(text, 'utf16le').swap16(),
    windows: Buffer.from(text, 'latin1'),
    mac: Buffer.from([...text.replaceAll('\n', '\r')].map((each) => mac[each] ?? each.charCodeAt(0))),
  };
  for (const bytes of Object.values(files)) expect(labelsOf(decodeText(bytes))).toEqual(expected);
});

test('a binary file of Praat is refused with the remedy', () => {
  const bytes = Buffer.from('ooBinaryFile\bTextGrid\0\0\0\0\0\0\0\0@$\0\0\0\0\0\0\u0001\0\0\0\u0001\fIntervalTier');
  expect(() => readTextGrid(decodeText(bytes), 'a.TextGrid')).toThrow(expect.objectContaining({ id: 'data-set-invalid/textgrid-binary' }));
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { knownRow } from '../../../../testing/rows.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { readClipSet } from './clip-set.ts';
import type { KnownRow } from './splits.ts';
import { refuseOneClass, splitRows } from './splits.ts';

const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  await mkdir(at('videos'));
  for (const name of ['a.mp4', 'b c.mp4', 'd.mp4', 'Größe.mp4']) await writeFile(at('videos', name), name);
});

async function table(name: string, text: string): Promise<string> {
  await writeFile(at(name), text);
  return at(name);
}

describe('a clip set is read from', () => {
  test('lines of path and label, where a label is a class name, a synonym or a number; a path alone has no label', async () => {
    const rows = await readClipSet(await table('lines.csv', 'videos/a.mp4 0\nvideos/b c.mp4 Angry\r\n\nvideos/d.mp4\n'));
    expect(rows.map(({ from, label }) => [from, label])).toEqual([
      [{ id: 'place/line', parameters: { file: 'lines.csv', line: 1 } }, 0],
      [{ id: 'place/line', parameters: { file: 'lines.csv', line: 2 } }, 3],
      [{ id: 'place/line', parameters: { file: 'lines.csv', line: 4 } }, null],
    ]);
    expect(rows[1]!.path).toBe(at('videos', 'b c.mp4'));
  });

  test('lines with other line breaks in a path, which name no file', async () => {
    for (const line of ['videos/a\r.mp4 0', 'videos/a\u2028.mp4 0'])
      await expect(readClipSet(await table('breaks.csv', `${line}\n`))).rejects.toMatchObject({ id: 'data-set-invalid/rows' });
  });

  test('a CSV with a header, spans, moments, participants and splits, with any common separator', async () => {
    const text = '\uFEFFPath;Label;start_s;onset_s;apex_s;offset_s;end_s;Participant;split\n"videos/Größe.mp4";fear;1,5;2;2.4;3;4;P7;val\n';
    const [row] = await readClipSet(await table('columns.csv', text));
    expect(row).toMatchObject({ label: 6, startS: 1.5, onsetS: 2, apexS: 2.4, offsetS: 3, endS: 4, participant: 'P7', split: 'validation', group: null });
  });

  test.each([
    ["Excel's first line with the separator", 'sep=;\r\npath;label;start_s\r\nvideos/a.mp4;fear;0,5\r\n', 3],
    ["Excel's empty last rows", 'path,label,start_s\nvideos/a.mp4,fear,0.5\n,,\n , ,\n', 2],
    ['a semicolon as the separator in a line that names it', 'SEP=;\npath;label;start_s;\nvideos/a.mp4;fear;0.5\n', 3],
  ])('a table with %s', async (_, text, line) => {
    const rows = await readClipSet(await table('excel.csv', text));
    expect(rows.map(({ from, label, startS }) => [from, label, startS])).toEqual([[{ id: 'place/line', parameters: { file: 'excel.csv', line } }, 6, 0.5]]);
  });

  test.each(['utf16le', 'utf16be', 'without a mark', 'latin1'])('a table in another encoding: %s', async (encoding) => {
    const text = 'path\tlabel\r\nvideos/Größe.mp4\thappiness\r\n';
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    const bytes = { utf16le: little, utf16be: Buffer.from(little).swap16(), 'without a mark': little.subarray(2), latin1: Buffer.from(text, 'latin1') }[
      encoding
    ]!;
    await writeFile(at('encoded.txt'), bytes);
    expect(await readClipSet(at('encoded.txt'))).toMatchObject([{ path: at('videos', 'Größe.mp4'), label: 0 }]);
  });

  test('a folder with a folder for each class, or with train, val and test tables', async () => {
    await mkdir(at('classes', 'happy'), { recursive: true });
    await mkdir(at('classes', 'fear'), { recursive: true });
    await writeFile(at('classes', 'happy', 'x.mp4'), '');
    await writeFile(at('classes', 'fear', 'y.mp4'), '');
    expect((await readClipSet(at('classes'))).map(({ from, label }) => [from, label]).sort()).toEqual([
      ['fear/y.mp4', 6],
      ['happy/x.mp4', 0],
    ]);
    await table('videos/train.csv', 'a.mp4 0\n');
    await table('videos/test.csv', 'd.mp4 1\n');
    expect((await readClipSet(at('videos'))).map(({ split, label }) => [split, label])).toEqual([
      ['train', 0],
      ['test', 1],
    ]);
  });
});

describe('a set that cannot be used is rejected with the rows', () => {
  test.each([
    ['a missing file', 'videos/a.mp4 0\nvideos/none.mp4 1\n', /line 2: the file .*none\.mp4 does not exist/],
    ['an unknown label', 'videos/a.mp4 0\nvideos/d.mp4 bored\n', /line 2: 'bored' is not a class\. The classes are happiness \(0\), /],
    ['labels that count from 1', 'videos/a.mp4 7\n', /line 1: '7' is not a class.*subtract 1 .*DFEW/],
    ['a folder as a video', 'videos 0\n', /line 1: .*is a folder, not a video/],
    ['times out of order', 'path,label,onset_s,apex_s,offset_s\nvideos/a.mp4,0,3,2,4\n', /line 2: start, onset, apex, offset and end are not in this order/],
    ['a time that is none', 'path,label,start_s\nvideos/a.mp4,0,soon\n', /line 2: start_s is 'soon'/],
    ['an unknown split', 'path,label,split\nvideos/a.mp4,0,later\n', /line 2: split is 'later'/],
    ['nothing', '\n', /names no clip/],
  ])('%s', async (name, text, message) => {
    await expect(readClipSet(await table(`${name.replaceAll(' ', '-')}.csv`, text))).rejects.toMatchObject({
      code: 'data-set-invalid',
      message: expect.stringMatching(message) as string,
    });
  });

  test('two columns with one name are an error', async () => {
    await expect(readClipSet(await table('twice.csv', 'path,label,Label\nvideos/a.mp4,fear,anger\n'))).rejects.toMatchObject({
      id: 'data-set-invalid/same-column',
    });
  });

  test('a message lists only the first rows and counts the others', async () => {
    const text = Array.from({ length: 40 }, (_, i) => `videos/none${i}.mp4 0`).join('\n');
    await expect(readClipSet(await table('many.csv', text))).rejects.toThrow(/line 12: .* And 28 more\.$/);
  });
});

const row = (from: string, more: Partial<KnownRow>): KnownRow => knownRow({ from, path: from, sha256: from, ...more });

describe('splits', () => {
  test('that are drawn keep each person in one split', () => {
    const rows = Array.from({ length: 60 }, (_, i) => row(`r${i}`, { participant: `p${i % 12}` }));
    const { train, validation, test: held } = splitRows('set', rows, 1, 0.2);
    expect(train.length + validation.length).toBe(60);
    expect(validation.length).toBeGreaterThanOrEqual(10);
    expect(held).toEqual([]);
    const people = new Set(train.map(({ participant }) => participant));
    expect(validation.some(({ participant }) => people.has(participant))).toBe(false);
  });

  test('never assign all rows to validation', () => {
    expect(splitRows('set', [row('a', {}), row('b', {})], 1, 0.5).train).toHaveLength(1);
    expect(splitRows('set', [row('a', {})], 1, 0.5).validation).toHaveLength(0);
  });

  test('with the same person in two splits are rejected with both rows', () => {
    const rows = [row('line 2', { participant: 'P1', split: 'train' }), row('line 9', { participant: 'P1', split: 'test' })];
    expect(() => splitRows('set.csv', rows, 1, 0.2)).toThrow(/Participant P1 is in train \(line 2\) and in test \(line 9\)/);
  });

  test('with the same video under two names are rejected', () => {
    const rows = [row('a.mp4', { sha256: 'same', split: 'train' }), row('copy.mp4', { sha256: 'same', split: 'validation' })];
    expect(() => splitRows('set.csv', rows, 1, 0.2)).toThrow(/The same video is in train \(a\.mp4\) and in validation \(copy\.mp4\)/);
  });

  test('with only one class are rejected', () => {
    expect(() => refuseOneClass('set.csv', [row('line 1', {}), row('line 2', {})])).toThrow(/All 2 clips for training are happiness \(first: line 1\)/);
    expect(() => refuseOneClass('set.csv', [row('line 1', { label: null })])).toThrow(/No clip for training has a label/);
  });
});

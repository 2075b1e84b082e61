import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readerOf, ANNOTATION_FORMATS } from '../../src/main/formats/annotations/annotation-formats.ts';
import { decodeText } from '../../src/main/formats/decode-text.ts';
import type { AnnotationDocument, AnnotationLayer } from '../../src/shared/annotation/annotation-document.ts';
import { peakTiersOf, tiersOf } from '../../src/shared/annotation/annotation-document.ts';
import { StudioError } from '../../src/shared/app/errors.ts';
import { randomDocument } from '../annotation-documents.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import type { Line } from './lines.ts';
import { lineDifferences } from './lines.ts';
import { commandOf, run, scriptAt } from './other-programs.ts';

const DOCUMENTS = 100;

interface Case {
  readonly name: string;
  readonly document: AnnotationDocument;
}

/** How Praat saves: the ending of the file in textgrids.praat. */
const FORMS = [
  ['text', 'text (ASCII or UTF-16)'],
  ['short', 'short text'],
  ['chronological', 'chronological text'],
  ['utf8', 'text (UTF-8)'],
  ['latin1', 'text (Latin-1 or UTF-16)'],
] as const;

/** What textgrids.praat makes by hand. */
const MADE: Line[] = [
  ['Müller', 'sagt "ja", ä ß', 1.25, 2.5],
  ['Zweite "Zeile"', 'kurz\nund schmal', 0, 0.0005],
  ['Punkte', 'Blinzeln', 3.125, 3.125],
];

/** TextGrids of random documents, read by Praat and saved in each of its forms; and a TextGrid that was made in Praat. */
export const PRAAT: InteropCheck = {
  python: [],
  programs: [commandOf('praat')],
  async *rows(folder) {
    const cases = Array.from({ length: DOCUMENTS }, (_, i): Case => ({ name: `d${i}`, document: randomDocument(i + 1) }));
    for (const { name, document } of cases) writeFileSync(join(folder, `${name}.TextGrid`), ANNOTATION_FORMATS.textgrid.write(document).text);
    const { code, stdout, text } = run('praat', ['--no-pref-files', '--run', scriptAt('textgrids.praat'), folder]);
    if (code !== 0) throw new Error(text.slice(-2000));
    const praat = `Praat ${stdout.replaceAll('\u0000', '').trim()}`;
    yield tiers(folder, cases, praat);
    for (const [ending, form] of FORMS) yield readAgain(folder, cases, ending, `TextGrid that was saved as ${form} (${praat})`);
    for (const [ending, form] of FORMS) yield made(folder, ending, `TextGrid that was made as ${form} (${praat})`);
    yield refused(folder, cases, praat);
  },
};

/** The tiers that a document must have: a line for each interval with a text and each point. Labels without length are left out. */
function tierLines({ layers }: AnnotationDocument): Line[] {
  const remarks = ({ comment = '', modifiers = '' }: { readonly comment?: string | null; readonly modifiers?: string | null }): Record<string, string> => ({
    comment: comment ?? '',
    modifiers: modifiers ?? '',
  });
  const lines = layers.flatMap(tiersOf).flatMap((tier): Line[] => [
    ...tier.segments
      .filter(({ startS, endS }) => endS > startS)
      .flatMap((each) => {
        const texts = { '': each.label, confidence: each.confidence === null ? '' : String(each.confidence), ...remarks(each) };
        return Object.entries(texts).map(([ending, text]): Line => [`${tier.name} ${ending}`.trim(), 'interval', each.startS, each.endS, text]);
      }),
    ...peakTiersOf(tier).flatMap(({ name, peaks }) =>
      peaks.flatMap((each) => {
        const { onsetS, apexS, offsetS } = each;
        const texts = { '': each.label, span: onsetS < apexS || offsetS > apexS ? `${onsetS} ${offsetS}` : '', ...remarks(each) };
        return Object.entries(texts).map(([ending, text]): Line => [`${name} ${ending}`.trim(), 'point', apexS, apexS, text]);
      }),
    ),
  ]);
  return lines.filter((line) => line.at(-1) !== '');
}

/** What Praat found in a file, and whether its interval tiers are without gaps. */
function foundIn(path: string): { lines: Line[]; gaps: string[] } {
  const plain = (text: string): string => text.replaceAll('<br>', '\n').replaceAll('<tab>', '\t');
  const [lines, gaps]: [Line[], string[]] = [[], []];
  let [tier, isIntervals, last, end] = ['', false, 0, 0];
  for (const [kind, first = '', second = '', third = ''] of decodeText(readFileSync(path))
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split('\t'))) {
    if (kind === 'end') end = Number(first);
    if (kind === 'tier') [tier, isIntervals, last] = [plain(first), second === '1', 0];
    if (kind !== 'item') continue;
    const [from, to] = [Number(first), Number(second)];
    if (isIntervals && (Math.abs(from - last) > 1e-8 || to > end)) gaps.push(`${tier}: gap at ${from}`);
    last = to;
    if (third !== '') lines.push([tier, isIntervals ? 'interval' : 'point', from, to, plain(third)]);
  }
  return { lines, gaps };
}

function tiers(folder: string, cases: readonly Case[], reader: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    const expected = tierLines(document);
    count += expected.length;
    const { lines, gaps } = foundIn(join(folder, `${name}.found.txt`));
    return [...gaps, ...lineDifferences(name, expected, lines, 1e-8)];
  });
  const expected = 'equal but: labels without length or text are left out';
  return compared({ format: 'TextGrid', reader, expected }, count, 'intervals and points with tier, times and text', differences);
}

/** The labels that a TextGrid can hold. */
function labelLines(layers: readonly Pick<AnnotationLayer, 'name' | 'segments' | 'peaks'>[]): Line[] {
  return layers.flatMap(({ name, segments, peaks }): Line[] => [
    ...segments
      .filter(({ label, startS, endS }) => label !== '' && endS > startS)
      .map(({ face, label, startS, endS, confidence, comment, modifiers }) => [
        ...[name, `face ${face}`, label, startS, endS],
        ...[confidence, comment ?? '', modifiers ?? ''],
      ]),
    ...peaks
      .filter(({ label }) => label !== '')
      .map((peak) => [peak.label, `${name} face ${peak.face}`, peak.onsetS, peak.apexS, peak.offsetS, peak.comment ?? '', peak.modifiers ?? '']),
  ]);
}

function layersIn(path: string): readonly AnnotationLayer[] {
  const { recordings } = readerOf('textgrid').read(decodeText(readFileSync(path)), path);
  return recordings.flatMap(({ layers }) => layers.map((layer) => ({ ...layer, annotator: '' })));
}

function readAgain(folder: string, cases: readonly Case[], ending: string, format: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    const expected = labelLines(document.layers);
    count += expected.length;
    return lineDifferences(name, expected, labelLines(layersIn(join(folder, `${name}.${ending}`))), 1e-8);
  });
  return compared({ format, reader: 'adatosk', expected: 'equal but: labels without length or text are left out' }, count, 'labels and peaks', differences);
}

function made(folder: string, ending: string, format: string): InteropRow {
  const lines = layersIn(join(folder, `made.${ending}`)).flatMap(({ name, segments, peaks }): Line[] => [
    ...segments.map(({ label, startS, endS }): Line => [name, label, startS, endS]),
    ...peaks.map(({ label, onsetS, offsetS }): Line => [name, label, onsetS, offsetS]),
  ]);
  return compared({ format, reader: 'adatosk' }, lines.length, 'labels', lineDifferences(ending, MADE, lines, 1e-8));
}

function refused(folder: string, cases: readonly Case[], praat: string): InteropRow {
  const differences = cases.flatMap(({ name }) => {
    try {
      return [`${name}: ${layersIn(join(folder, `${name}.binary`)).length} layers`];
    } catch (error) {
      return error instanceof StudioError && error.id === 'data-set-invalid/textgrid-binary' ? [] : [`${name}: ${String(error)}`];
    }
  });
  return compared(
    { format: `binary TextGrid (${praat})`, reader: 'adatosk', expected: 'refused' },
    cases.length,
    'files, refused with the remedy',
    differences,
  );
}

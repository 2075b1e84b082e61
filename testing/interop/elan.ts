import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, readerOf } from '../../src/main/formats/annotations/annotation-formats.ts';
import { decodeText } from '../../src/main/formats/decode-text.ts';
import type { AnnotatedPeak, AnnotatedSegment, AnnotationDocument, AnnotationLayer } from '../../src/shared/annotation/annotation-document.ts';
import { peakTiersOf, tiersOf } from '../../src/shared/annotation/annotation-document.ts';
import { randomDocument } from '../annotation-documents.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import type { Line } from './lines.ts';
import { lineDifferences } from './lines.ts';
import { commandOf, run, runScript } from './other-programs.ts';

const DOCUMENTS = 150;

interface FoundTier {
  readonly parent: string | null;
  readonly annotator: string | null;
  readonly participant: string | null;
  readonly type: string;
  readonly constraint: string | null;
  /** Start and end in milliseconds, and the text. */
  readonly annotations: readonly (readonly [number, number, string | null])[];
}

/** What elan-reader.py writes of a file. */
interface Found {
  readonly tiers: Readonly<Record<string, FoundTier>>;
  readonly vocabulary: readonly string[];
  readonly media: readonly string[];
  readonly linked: readonly string[];
  readonly properties: readonly (readonly [string, string])[];
}

interface Case {
  readonly name: string;
  readonly document: AnnotationDocument;
}

/** Tiers that pympi writes: gaps, labels that overlap in two tiers, other scripts, associated texts. Times are milliseconds. */
const FOREIGN = {
  tiers: {
    'Müller 😀': [
      [0, 1000, 'happiness'],
      [5000, 6001, '"x" <&>\nb'],
      [6001, 6002, 'عربي'],
    ],
    'Zweite Zeile': [
      [500, 5500, 'é'],
      [7000, 9000, 'sadness'],
    ],
    empty: [],
  },
  associated: { note: ['Zweite Zeile', [[600, 'sieht weg; "ja"']]] },
} as const;
const FOREIGN_LINES: Line[] = [
  ['Müller 😀', 'happiness', 0, 1, ''],
  ['Müller 😀', '"x" <&>\nb', 5, 6.001, ''],
  ['Müller 😀', 'عربي', 6.001, 6.002, ''],
  ['Zweite Zeile', 'é', 0.5, 5.5, 'sieht weg; "ja"'],
  ['Zweite Zeile', 'sadness', 7, 9, ''],
];

/** EAF files of random documents, read and saved by pympi; and an EAF file that pympi wrote. */
export const ELAN: InteropCheck = {
  python: ['pympi-ling==1.71'],
  programs: [commandOf('xmllint', 'libxml2-utils')],
  async *rows(folder, python) {
    const cases = Array.from({ length: DOCUMENTS }, (_, i): Case => ({ name: `d${i}`, document: withSignals(randomDocument(i + 1)) }));
    for (const { name, document } of cases)
      for (const { ending, contents } of (await filesOf('eaf', document)).files) writeFileSync(join(folder, `${name}${ending}`), contents);
    writeFileSync(join(folder, 'tiers.json'), JSON.stringify(FOREIGN));
    const pympi = `pympi ${runScript(python, 'elan-reader.py', folder).trim()}`;
    const found = new Map(cases.map(({ name }) => [name, JSON.parse(readFileSync(join(folder, `${name}.found.json`), 'utf8')) as Found]));
    yield wellFormed(folder, cases);
    yield tiers(cases, found, pympi);
    yield headers(cases, found, pympi);
    yield readAgain(folder, cases, pympi);
    yield foreign(folder, pympi);
  },
};

const withSignals = (document: AnnotationDocument): AnnotationDocument => ({
  ...document,
  signals: { fileName: 'a b', table: () => ({ columns: ['time'], rows: [] }) },
});

/** The schema of ELAN is in no package of Debian or PyPI, so only the form is checked here. */
function wellFormed(folder: string, cases: readonly Case[]): InteropRow {
  const { code, text } = run('xmllint', ['--noout', ...cases.map(({ name }) => join(folder, `${name}.eaf`))]);
  return compared({ format: '.eaf', reader: 'xmllint (form only, without the schema)' }, cases.length, 'files', code === 0 ? [] : [text.slice(0, 500)]);
}

const milliseconds = (seconds: number): number => Math.round(1000 * seconds);

/** The tiers that a layer must have, as lines: tier, tier that it belongs to, annotator, type, start, end, text. */
function tierLines(layer: AnnotationLayer): Line[] {
  const segments = layer.segments.map((each) => {
    const start = milliseconds(each.startS);
    return { ...each, startS: start / 1000, endS: Math.max(milliseconds(each.endS), start + 1) / 1000 };
  });
  return tiersOf({ ...layer, segments }).flatMap((tier) => [
    ...tier.segments.flatMap((each) => labelLines(tier.name, 'expression', layer.annotator, each, [each.startS, each.endS])),
    ...peakTiersOf(tier).flatMap(({ name, peaks }) =>
      peaks.flatMap((each) => labelLines(name, 'peak', layer.annotator, each, [each.apexS, each.apexS + 0.001], spanOf(each))),
    ),
  ]);
}

const spanOf = ({ onsetS, apexS, offsetS }: AnnotatedPeak): string => (onsetS < apexS || offsetS > apexS ? `${onsetS} ${offsetS}` : '');

function labelLines(
  tier: string,
  type: string,
  annotator: string,
  each: AnnotatedSegment | AnnotatedPeak,
  [startS, endS]: readonly [number, number],
  span = '',
): Line[] {
  const times = [milliseconds(startS) / 1000, milliseconds(endS) / 1000];
  const confidence = 'confidence' in each && each.confidence !== null ? String(each.confidence) : '';
  const dependent = { confidence, comment: each.comment ?? '', modifiers: each.modifiers ?? '', span };
  return [
    [tier, '', annotator, type, '', ...times, each.label],
    ...Object.entries(dependent).flatMap(([kind, text]): Line[] =>
      text === '' ? [] : [[`${tier} ${kind}`, tier, annotator, kind, 'Symbolic_Association', ...times, text]],
    ),
  ];
}

function tiers(cases: readonly Case[], found: ReadonlyMap<string, Found>, reader: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    const expected = document.layers.flatMap(tierLines);
    count += expected.length;
    const read = Object.entries(found.get(name)?.tiers ?? {}).flatMap(([tier, { parent, annotator, type, constraint, annotations }]) =>
      annotations.map(([from, to, text]): Line => [tier, parent ?? '', annotator, type, constraint ?? '', from / 1000, to / 1000, text ?? '']),
    );
    return lineDifferences(name, expected, read, 1e-9);
  });
  return compared({ format: '.eaf', reader }, count, 'annotations with tier, times, text and what they belong to', differences);
}

function headers(cases: readonly Case[], found: ReadonlyMap<string, Found>, reader: string): InteropRow {
  const differences = cases.flatMap(({ name, document }) => {
    const { vocabulary, media, linked, properties, tiers: read } = found.get(name)!;
    const url = media.map((each) => decodeURIComponent(each.replace('file:///', '').replaceAll('/', '\\')));
    const expected: Line[] = [
      ...document.vocabulary.map((label): Line => ['vocabulary', label.name]),
      ['media', document.video.path.replace(/^\//, '').replaceAll('/', '\\')],
      ['linked', './a%20b_signals.csv'],
      ...document.warnings.map((warning, i): Line => [`adatosk_warning_${i + 1}`, warning]),
    ];
    const participants = Object.values(read).map(({ participant }): Line => ['participant', participant ?? '']);
    return [
      ...lineDifferences(name, expected, [
        ...vocabulary.map((label): Line => ['vocabulary', label ?? '']),
        ...url.map((each): Line => ['media', each]),
        ...linked.map((each): Line => ['linked', each]),
        ...properties.filter(([key]) => key !== 'lastUsedAnnotationId'),
      ]),
      ...lineDifferences(
        name,
        participants.map((): Line => ['participant', document.participant]),
        participants,
      ),
    ];
  });
  return compared({ format: 'header of .eaf', reader }, cases.length, 'headers: vocabulary, media, linked signals, warnings, participant', differences);
}

/** The labels and peaks of layers, to the millisecond that the format has. */
function layerLines(layers: readonly Pick<AnnotationLayer, 'name' | 'segments' | 'peaks'>[]): Line[] {
  return layers.flatMap(({ name, segments, peaks }): Line[] => [
    ...segments.map(({ face, label, startS, endS, confidence, comment, modifiers }) => {
      const start = milliseconds(startS);
      const end = Math.max(milliseconds(endS), start + 1);
      return [name, `face ${face}`, label, start / 1000, end / 1000, confidence, comment ?? '', modifiers ?? ''];
    }),
    ...peaks.map((peak) => [peak.label, `${name} face ${peak.face}`, peak.onsetS, peak.apexS, peak.offsetS, peak.comment ?? '', peak.modifiers ?? '']),
  ]);
}

function readAgain(folder: string, cases: readonly Case[], pympi: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    const layers = read(join(folder, `${name}.saved.eaf`)).recordings.flatMap((recording) => recording.layers);
    const problems = layers.flatMap((layer) => layer.problems);
    const expected = layerLines(document.layers);
    count += expected.length;
    return [...problems.map(({ id }) => `${name}: ${id}`), ...lineDifferences(name, expected, layerLines(layers))];
  });
  return compared({ format: `.eaf that was saved again (${pympi})`, reader: 'adatosk' }, count, 'labels and peaks', differences);
}

const read = (path: string): ReturnType<typeof ANNOTATION_READER.read> => ANNOTATION_READER.read(decodeText(readFileSync(path)), path);
const ANNOTATION_READER = readerOf('eaf');

function foreign(folder: string, pympi: string): InteropRow {
  const { recordings } = read(join(folder, 'by.pympi.eaf'));
  const layers = recordings.flatMap((recording) => recording.layers);
  const lines = layers.flatMap(({ name, segments }) => segments.map(({ label, startS, endS, comment }): Line => [name, label, startS, endS, comment ?? '']));
  const media = String(recordings[0]?.media) === 'a b.mp4' ? [] : [`media ${String(recordings[0]?.media)}`];
  const problems = layers.flatMap((layer) => layer.problems.map(({ id }) => id));
  return compared({ format: `.eaf of other tiers (${pympi})`, reader: 'adatosk' }, lines.length, 'labels', [
    ...media,
    ...problems,
    ...lineDifferences('by.pympi.eaf', FOREIGN_LINES, lines),
  ]);
}

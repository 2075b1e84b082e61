import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ANNOTATION_FORMATS, filesOf, readerOf } from '../../src/main/formats/annotations/annotation-formats.ts';
import { borisTracks, commentOfPeak, commentOfSegment, labelsIn, peakCode } from '../../src/main/formats/annotations/boris.ts';
import type { AnnotationDocument, ReadAnnotations } from '../../src/shared/annotation/annotation-document.ts';
import { randomDocument } from '../annotation-documents.ts';
import type { InteropCheck, InteropRow } from './interop-check.ts';
import { compared } from './interop-check.ts';
import type { Line } from './lines.ts';
import { lineDifferences } from './lines.ts';
import { libraryOf, runScript } from './other-programs.ts';

const DOCUMENTS = 60;
/** In the tabular events that BORIS exports. */
const BLANKS = 'equal but: line breaks of comments are blanks in BORIS';
const onOneLine = <T>(cell: T): T | string => (typeof cell === 'string' && cell !== 'line\nbreak' ? cell.replaceAll('\n', ' ') : cell);

/** What boris-reader.py writes of a project. */
interface Found {
  readonly changed: boolean;
  readonly message: string;
  readonly problems: string;
  readonly messages: readonly string[];
  readonly imported: readonly string[];
  /** Time, subject, code, modifiers, comment, and START, STOP or POINT. */
  readonly events: readonly Line[];
}

interface Case {
  readonly name: string;
  readonly document: AnnotationDocument;
  readonly found: Found;
}

/** Random documents as projects, tables and sheets of BORIS. BORIS's own code opens, checks, exports, saves and imports them. */
export const BORIS: InteropCheck = {
  python: ['boris-behav-obs==8.27.4', 'openpyxl==3.1.5'],
  // What BORIS loads when it is imported: Qt, and the player of its window.
  programs: [libraryOf('libGL.so', 'libgl1'), libraryOf('libmpv.so', 'libmpv2'), libraryOf('libpulse-mainloop-glib.so', 'libpulse-mainloop-glib0')],
  async *rows(folder, python) {
    const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ name: `d${i}`, document: known(randomDocument(i + 1)) })).concat({
      name: 'misread',
      document: MISREAD,
    });
    const misread = new Set<string>();
    for (const { name, document } of documents) {
      writeFileSync(join(folder, `${name}.boris`), ANNOTATION_FORMATS.boris.write(document).text);
      const { files, losses } = await filesOf('boris-xlsx', document);
      for (const { contents } of files) writeFileSync(join(folder, `${name}.xlsx`), contents);
      if (losses.some(({ id }) => id === 'boris/misread')) misread.add(name);
    }
    const version = runScript(python, 'boris-reader.py', folder).trim();
    const cases = documents.map((each): Case => ({ ...each, found: JSON.parse(readFileSync(join(folder, `${each.name}.found.json`), 'utf8')) as Found }));
    const boris = `BORIS ${version}`;
    yield checked(cases, boris);
    yield events(cases, boris);
    yield table({ format: 'boris-tabular', expected: BLANKS }, 'tabular', folder, cases, boris);
    yield table({ format: 'boris-aggregated', expected: 'equal' }, 'aggregated', folder, cases, boris);
    yield imported(folder, cases, misread, boris);
    yield readAgain('boris', 'saved.boris', folder, cases, boris);
    yield readAgain('boris-tabular', 'tabular.tsv', folder, cases, boris);
    yield readAgain('boris-aggregated', 'aggregated.tsv', folder, cases, boris);
  },
};

/** Labels and modifiers that the import of sheets in BORIS reads as numbers and as missing values. */
const MISREAD: AnnotationDocument = {
  ...randomDocument(1),
  video: { ...randomDocument(1).video, fps: 25 },
  layers: [
    {
      name: 'Ann',
      annotator: 'Ann',
      segments: ['NA', 'None', 'none', 'null'].map((label, i) => ({ face: 1, label, startS: i, endS: i + 1, confidence: null, modifiers: `${i}` })),
      peaks: [],
    },
  ],
};

/** BORIS has no projects without a rate; the tables of this program say that it is not known. An event after the end has no file in BORIS. */
const known = (document: AnnotationDocument): AnnotationDocument => {
  const { fps, durationS } = document.video;
  return { ...document, video: { ...document.video, fps: fps ?? 25, durationS: durationS + 10 } };
};

/** BORIS's own checks: nothing has to be converted, no state without its stop, no unknown behaviour or variable, no message. */
function checked(cases: readonly Case[], reader: string): InteropRow {
  const differences = cases.flatMap(({ name, found: { changed, message, problems, messages } }) =>
    changed || message !== '' || problems !== '' || messages.length > 0 ? [`${name}: ${JSON.stringify({ changed, message, problems, messages })}`] : [],
  );
  return compared({ format: '.boris', reader: `${reader}, check of the project` }, cases.length, 'projects without a problem', differences);
}

function eventLines(document: AnnotationDocument): Line[] {
  const labels = labelsIn(document);
  return borisTracks(document).flatMap(({ subject, segments, peaks }): Line[] => [
    ...segments.flatMap((segment): Line[] => [
      [segment.startS, subject, segment.label, segment.modifiers ?? '', commentOfSegment(segment), 'START'],
      [segment.endS, subject, segment.label, segment.modifiers ?? '', '', 'STOP'],
    ]),
    ...peaks.map((peak): Line => [peak.apexS, subject, peakCode(peak.label, labels), peak.modifiers ?? '', commentOfPeak(peak), 'POINT']),
  ]);
}

function events(cases: readonly Case[], reader: string): InteropRow {
  const differences = cases.flatMap(({ name, document, found }) => lineDifferences(name, eventLines(document), found.events));
  return compared({ format: '.boris', reader }, countOf(cases), 'events, times to 1 ms', differences);
}

const countOf = (cases: readonly Case[]): number => cases.reduce((sum, { document }) => sum + eventLines(document).length, 0);

/** Columns that depend on the time or on the part of the observation that a person chose for the export. */
const OF_EXPORT = /^(?:Observation date|Observation duration|Coding duration|Observation duration by subject by observation)$/;
const NUMBERS = /^(?:Time|Start|Stop|Duration|Media duration|FPS|Image index)(?: |$)/;

/** BORIS exports the project as the table that this program writes. */
function table(
  { format, expected }: Pick<InteropRow, 'expected'> & { readonly format: 'boris-tabular' | 'boris-aggregated' },
  ending: string,
  folder: string,
  cases: readonly Case[],
  reader: string,
): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    const path = join(folder, `${name}.${ending}.tsv`);
    // BORIS exports no project without events.
    if (!existsSync(path)) return eventLines(document).length === 0 ? [] : [`${name}: not exported`];
    const [ours, theirs] = [ANNOTATION_FORMATS[format].write(document).text, readFileSync(path, 'utf8')].map((text) => cellsOf(text));
    if (ours === undefined || theirs === undefined || String(ours.columns) !== String(theirs.columns)) return [`${name}: columns ${String(theirs?.columns)}`];
    count += ours.lines.length;
    // The last column of the tabular events is the comment.
    const lines = expected === 'equal' ? ours.lines : ours.lines.map((line) => line.with(-1, onOneLine(line.at(-1) ?? '')));
    return lineDifferences(name, lines, theirs.lines);
  });
  return compared({ format: `${format} beside the export of BORIS`, reader, expected }, count, 'rows, all columns', differences);
}

function cellsOf(text: string): { columns: string[]; lines: Line[] } {
  const [columns = [], ...rows] = parse(text, { delimiter: '\t' }) as string[][];
  const isCompared = columns.map((column) => !OF_EXPORT.test(column));
  const lines = rows.map((row) =>
    row.flatMap((cell, i) =>
      isCompared[i] === true ? [NUMBERS.test(columns[i] ?? '') && cell !== '' && !Number.isNaN(Number(cell)) ? Number(cell) : cell] : [],
    ),
  );
  return { columns, lines };
}

/** Texts that pandas, with which BORIS reads sheets, takes for missing values. */
const MISSING = /^(?:|#N\/A|#N\/A N\/A|#NA|-1\.#IND|-1\.#QNAN|-NaN|-nan|1\.#IND|1\.#QNAN|<NA>|N\/A|NA|NULL|NaN|None|n\/a|nan|null)$/;

/** The import of BORIS reads a column as numbers if all of its texts are numbers. */
function asBorisImports(lines: readonly Line[]): Line[] {
  const cells = lines.map((line) => line.map((cell) => (MISSING.test(String(cell)) ? '' : cell)));
  const isNumeric = [0, 1, 2, 3, 4].map((i) => cells.every((line) => line[i] === '' || /^\s*-?[\d.]+\s*$/.test(String(line[i]))));
  return cells.map((line) => line.map((cell, i) => (isNumeric[i] === true && cell !== '' ? Number(cell) : cell)));
}

/** A sheet of events, imported into an empty observation. @param misread for which the program said that BORIS changes a column */
function imported(folder: string, cases: readonly Case[], misread: ReadonlySet<string>, reader: string): InteropRow {
  const differences = cases.flatMap(({ name, document }) => {
    const { observations } = JSON.parse(readFileSync(join(folder, `${name}.imported.boris`), 'utf8')) as { observations: Record<string, { events: Line[] }> };
    const found = Object.values(observations)[0]?.events ?? [];
    const lines = eventLines(document).map((line) => line.slice(0, 5));
    const read = asBorisImports(lines);
    if ((JSON.stringify(lines) !== JSON.stringify(read)) !== misread.has(name))
      return [`${name}: the loss is ${misread.has(name) ? 'not in the file' : 'not named'}`];
    return lineDifferences(name, read, found);
  });
  const expected = 'equal but: columns of numbers, and texts like NA, in the import of BORIS';
  return compared({ format: 'boris-xlsx', reader: `${reader}, import`, expected }, countOf(cases), 'events, times to 1 ms', differences);
}

/** The labels and peaks of a document, and those that were read. */
function labelLines(layers: ReadAnnotations['recordings'][number]['layers'] | AnnotationDocument['layers']): Line[] {
  return layers.flatMap(({ name, segments, peaks }): Line[] => [
    ...segments.map(({ face, label, startS, endS, confidence, comment, modifiers }) => {
      // States without length last a millisecond.
      const until = endS > startS ? endS : startS + 0.001;
      return [name, `face ${face}`, label, startS, until, confidence, comment ?? '', modifiers ?? ''];
    }),
    ...peaks.map((peak) => [peak.label, `${name} face ${peak.face}`, peak.onsetS, peak.apexS, peak.offsetS, peak.comment ?? '', peak.modifiers ?? '']),
  ]);
}

/** What BORIS saved or exported, read by this program. */
function readAgain(format: 'boris' | 'boris-tabular' | 'boris-aggregated', ending: string, folder: string, cases: readonly Case[], boris: string): InteropRow {
  let count = 0;
  const differences = cases.flatMap(({ name, document }) => {
    const path = join(folder, `${name}.${ending}`);
    if (!existsSync(path)) return [];
    const { recordings } = readerOf(format).read(readFileSync(path, 'utf8'), name);
    const layers = recordings.flatMap((recording) => recording.layers);
    const problems = layers.flatMap((layer) => layer.problems);
    count += labelLines(document.layers).length;
    const expected = labelLines(document.layers).map((line) => (format === 'boris-tabular' ? line.map(onOneLine) : line));
    return [...problems.map(({ id }) => `${name}: ${id}`), ...lineDifferences(name, expected, labelLines(layers))];
  });
  const expected = format === 'boris-tabular' ? BLANKS : 'equal';
  return compared({ format: `${format} (${boris})`, reader: 'adatosk', expected }, count, 'labels and peaks', differences);
}

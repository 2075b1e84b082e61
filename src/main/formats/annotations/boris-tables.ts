import { stringify } from 'csv-stringify/sync';
import writeExcelFile from 'write-excel-file/node';
import type { AnnotationDocument, WrittenAnnotations, WrittenFiles } from '../../../shared/annotation/annotation-document.ts';
import { borisLosses, borisTracks, commentOfPeak, commentOfSegment, labelsIn, peakCode } from './boris.ts';
import { notice } from '../../../shared/app/notices.ts';
import { roundMilliseconds } from '../../../shared/domain/time.ts';

/** An event of BORIS: a state with start and stop, or a point. */
interface Event {
  readonly subject: string;
  readonly behaviour: string;
  readonly kind: 'STATE' | 'POINT';
  readonly startS: number;
  readonly stopS: number;
  readonly modifiers: string;
  readonly comment: string;
}

/** BORIS has its own words in each of the two tables. */
const TABULAR = { type: 'Media file(s)', noCategory: '' };
const AGGREGATED = { type: 'Media file', noCategory: 'Not defined' };

function eventsOf(document: AnnotationDocument): Event[] {
  const labels = labelsIn(document);
  return borisTracks(document)
    .flatMap(({ subject, segments, peaks }): Event[] => [
      ...segments.map((segment) => ({
        subject,
        behaviour: segment.label,
        kind: 'STATE' as const,
        startS: segment.startS,
        stopS: segment.endS,
        modifiers: segment.modifiers ?? '',
        comment: commentOfSegment(segment),
      })),
      ...peaks.map((peak) => ({
        subject,
        behaviour: peakCode(peak.label, labels),
        kind: 'POINT' as const,
        startS: peak.apexS,
        stopS: peak.apexS,
        modifiers: peak.modifiers ?? '',
        comment: commentOfPeak(peak),
      })),
    ])
    .sort((a, b) => a.startS - b.startS || a.stopS - b.stopS);
}

/** The columns of BORIS for modifiers: one for each set, as many as are used. */
function modifierColumns(events: readonly Event[]): { readonly names: readonly string[]; readonly cells: (event: Event) => Record<string, string> } {
  const sets = events.reduce((most, { modifiers }) => Math.max(most, modifiers === '' ? 0 : modifiers.split('|').length), 0);
  const names = Array.from({ length: sets }, (_, i) => `Modifier #${i + 1}`);
  return { names, cells: ({ modifiers }) => Object.fromEntries(names.map((name, i) => [name, modifiers.split('|')[i] ?? ''])) };
}

/** The columns that are equal in all rows of an observation; the last one is the independent variable of the project (boris.ts). */
function observation({ video, participant }: AnnotationDocument, type: string, now: Date): Record<string, string | number> {
  return {
    'Observation id': video.name,
    'Observation date': now.toISOString().slice(0, 19).replace('T', ' '),
    Description: '',
    'Observation duration': roundMilliseconds(video.durationS),
    'Observation type': type,
    Source: `player #1:${video.path}`,
    'Time offset (s)': 0,
    'Media duration (s)': roundMilliseconds(video.durationS),
    FPS: video.fps ?? 'NA',
    participant,
  };
}

/** "Tabular events" of BORIS: a row per start, stop and point, with the columns of BORIS 9.12, tab-separated. */
export function writeBorisTabular(document: AnnotationDocument, now = new Date()): WrittenAnnotations {
  const frame = (seconds: number): number | string => (document.video.fps === null ? 'NA' : Math.round(seconds * document.video.fps));
  const events = eventsOf(document);
  const modifiers = modifierColumns(events);
  const rows = events.flatMap((event) => {
    const at = (type: string, seconds: number) => ({
      ...observation(document, TABULAR.type, now),
      Subject: event.subject,
      Behavior: event.behaviour,
      'Behavioral category': TABULAR.noCategory,
      ...modifiers.cells(event),
      'Behavior type': type,
      Time: roundMilliseconds(seconds),
      'Media file name': document.video.path,
      'Image index': frame(seconds),
      'Image file path': 'NA',
      Comment: type === 'STOP' ? '' : event.comment,
    });
    return event.kind === 'POINT' ? [at('POINT', event.startS)] : [at('START', event.startS), at('STOP', event.stopS)];
  });
  rows.sort((a, b) => a.Time - b.Time);
  const columns = [
    ...Object.keys(observation(document, TABULAR.type, now)),
    ...[
      'Subject',
      'Behavior',
      'Behavioral category',
      ...modifiers.names,
      'Behavior type',
      'Time',
      'Media file name',
      'Image index',
      'Image file path',
      'Comment',
    ],
  ];
  return { text: stringify(rows, { header: true, columns, delimiter: '\t' }), losses: borisLosses(document) };
}

/** "Aggregated events" of BORIS: a row per state with start, stop and duration, and a row per point. */
export function writeBorisAggregated(document: AnnotationDocument, now = new Date()): WrittenAnnotations {
  const { fps, durationS, path } = document.video;
  const frame = (seconds: number): number | string => (fps === null ? 'NA' : Math.round(seconds * fps));
  const { 'Observation duration': _, FPS: rate, 'Media duration (s)': media, participant, ...begin } = observation(document, AGGREGATED.type, now);
  const events = eventsOf(document);
  const modifiers = modifierColumns(events);
  const rows = events.map((event) => {
    const { subject, behaviour, kind, startS, stopS, comment } = event;
    return {
      ...begin,
      'Coding duration': roundMilliseconds(durationS),
      'Media duration (s)': media,
      'FPS (frame/s)': rate,
      participant,
      Subject: subject,
      'Observation duration by subject by observation': roundMilliseconds(durationS),
      Behavior: behaviour,
      'Behavioral category': AGGREGATED.noCategory,
      ...modifiers.cells(event),
      'Behavior type': kind,
      'Start (s)': roundMilliseconds(startS),
      'Stop (s)': roundMilliseconds(stopS),
      'Duration (s)': kind === 'POINT' ? 'NA' : roundMilliseconds(stopS - startS),
      'Media file name': path,
      'Image index start': frame(startS),
      'Image index stop': frame(stopS),
      'Image file path start': '',
      'Image file path stop': '',
      'Comment start': comment,
      'Comment stop': '',
    };
  });
  const empty = {
    ...begin,
    'Coding duration': 0,
    'Media duration (s)': 0,
    'FPS (frame/s)': 0,
    participant: '',
    Subject: '',
    'Observation duration by subject by observation': 0,
    Behavior: '',
    'Behavioral category': '',
    ...Object.fromEntries(modifiers.names.map((name) => [name, ''])),
    'Behavior type': '',
    'Start (s)': 0,
    'Stop (s)': 0,
    'Duration (s)': 0,
    'Media file name': '',
    'Image index start': 0,
    'Image index stop': 0,
    'Image file path start': '',
    'Image file path stop': '',
    'Comment start': '',
    'Comment stop': '',
  };
  return { text: stringify(rows, { header: true, columns: Object.keys(empty), delimiter: '\t' }), losses: borisLosses(document) };
}

/** A sheet that BORIS can import into an open observation: time, subject, code, modifier, comment. A state has two rows. */
export async function writeBorisXlsx(document: AnnotationDocument): Promise<WrittenFiles> {
  const cells = eventsOf(document)
    .flatMap(({ subject, behaviour, kind, startS, stopS, modifiers, comment }) => [
      [roundMilliseconds(startS), subject, behaviour, modifiers, comment] as const,
      ...(kind === 'STATE' ? [[roundMilliseconds(stopS), subject, behaviour, modifiers, ''] as const] : []),
    ])
    .sort((a, b) => a[0] - b[0]);
  const text = (value: string) => ({ value, type: String });
  const rows = [
    SHEET_COLUMNS.map(text),
    ...cells.map(([time, ...texts]) => [{ value: time, type: Number }, ...texts.map((each) => (each === '' ? null : text(each)))]),
  ];
  const misread = SHEET_COLUMNS.filter((_, i) => i > 0 && isMisread(cells.map((row) => String(row[i] ?? ''))));
  const contents = new Uint8Array(await writeExcelFile(rows as never).toBuffer());
  return {
    files: [{ ending: '.boris-import.xlsx', contents }],
    losses: [...borisLosses(document), ...misread.map((column) => notice('boris/misread', { column }))],
  };
}

const SHEET_COLUMNS = ['time', 'subject', 'code', 'modifier', 'comment'];
/** What pandas, with which BORIS reads sheets, takes for a missing value. */
const MISSING = new Set([
  ...['', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN'],
  ...['<NA>', 'N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
]);

/** Whether the import of BORIS changes the texts of a column. */
function isMisread(texts: readonly string[]): boolean {
  const given = texts.filter((each) => each !== '');
  const values = given.filter((each) => !MISSING.has(each));
  return values.length < given.length || (values.length > 0 && values.every((each) => each.trim() !== '' && Number.isFinite(Number(each))));
}

import type { ReadAnnotations } from '../../../shared/annotation/annotation-document.ts';
import { labelOfPeakCode, PARTICIPANT } from './boris.ts';
import type { LabelRow } from './label-rows.ts';
import { recordingsOfObservations } from './read-boris.ts';

/** Columns that both tables of BORIS have. */
const COLUMNS = ['subject', 'behavior', 'behavior type'];

/** Whether a table is one of the two that BORIS exports: tabular events (with 'time') or aggregated events (with 'start (s)', 'stop (s)'). */
export function isBorisTable(columns: ReadonlySet<string>): boolean {
  return COLUMNS.every((column) => columns.has(column)) && (columns.has('time') || (columns.has('start (s)') && columns.has('stop (s)')));
}

/**
 * Reads tabular or aggregated events of BORIS: the observations are made again from the rows, then read as those of a project. A point
 * has one time, a state a start and a stop.
 */
export function readBorisTable(columns: ReadonlySet<string>, rows: readonly LabelRow[]): ReadAnnotations {
  const modifierColumns = [...columns].filter((column) => /^modifier #\d+$/.test(column));
  const ownVariable = PARTICIPANT[0].label;
  const isOwn = columns.has(ownVariable);
  const kinds = new Map<string, string>();
  for (const { cell } of rows) {
    const isPoint = /^point/i.test(cell('behavior type'));
    kinds.set(cell('behavior'), isPoint ? 'Point event' : 'State event');
  }
  // A label of which a table has only peaks.
  if (isOwn)
    for (const [code, kind] of [...kinds]) {
      const label = kind === 'Point event' ? labelOfPeakCode(code) : undefined;
      if (label !== undefined && !kinds.has(label)) kinds.set(label, 'State event');
    }
  const observations = Map.groupBy(rows, ({ cell }) => cell('observation id'));
  return recordingsOfObservations(
    Array.from(observations, ([id, own]) => [
      id,
      {
        events: own.flatMap((row) => eventsOf(row, columns, modifierColumns)),
        'time offset': own[0]?.number('time offset (s)') ?? 0,
        ...mediaOf(own[0]),
        independent_variables: { [ownVariable]: own[0]?.cell(ownVariable) ?? '' },
      },
    ]),
    kinds,
    isOwn,
  );
}

type Event = [time: number, subject: string, code: string, modifiers: string, comment: string];

function eventsOf({ cell, number }: LabelRow, columns: ReadonlySet<string>, modifierColumns: readonly string[]): Event[] {
  const modifiers = modifierColumns
    .map((column) => cell(column))
    .join('|')
    .replace(/\|+$/, '');
  // In BORIS, events without a focal subject have these words as their subject.
  const subject = cell('subject') === 'No focal subject' ? '' : cell('subject');
  const at = (time: number, comment: string): Event => [time, subject, cell('behavior'), modifiers, comment];
  if (columns.has('time')) return [at(number('time'), cell('comment'))];
  const start = at(number('start (s)'), cell('comment start'));
  return /^point/i.test(cell('behavior type')) ? [start] : [start, at(number('stop (s)'), cell('comment stop'))];
}

/** The media files and their lengths: 'player #1:a.mp4;b.mp4|player #2:c.mp4' and '12.5;3|12.5'. */
function mediaOf(row: LabelRow | undefined): object {
  const [, ...parts] = (row?.cell('source') ?? '').split(/\|?player #(\d+):/);
  const lengths = (row?.cell('media duration (s)') ?? '').split('|');
  const file: Record<string, string[]> = {};
  const length: Record<string, number> = {};
  for (let i = 0; i < parts.length; i += 2) {
    const [player = '', source = ''] = [parts[i], parts[i + 1]];
    const own = (lengths[i / 2] ?? '').split(';').map(Number);
    const paths = source.split(';');
    // A path can contain a semicolon itself.
    file[player] = paths.length === own.length ? paths : [source];
    for (const [k, path] of file[player].entries()) if (Number.isFinite(own[k])) length[path] = own[k] ?? 0;
  }
  return { file, media_info: { length } };
}

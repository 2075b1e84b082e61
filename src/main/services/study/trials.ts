import { basename } from 'node:path';
import type { AppliedEdit, RowChange, RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { step } from '../../../shared/annotation/steps.ts';
import { createTrial, DEFAULT_TYPE, overlapsOf, removeTrial } from '../../../shared/annotation/trial-edits.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, problemList } from '../../../shared/app/notices.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { TableRow } from '../../formats/read-table.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos, videoNames, videoOf } from '../../project/library.ts';
import { videoSpan } from '../../project/recorded-results.ts';
import { addCoder } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import type { TrialRow, VideoRow } from '../../project/store/schema.ts';
import { listTrials, trialsOf } from '../../project/trials.ts';
import type { StudyTable } from './study-table.ts';
import { findVideoOf, LISTED_PROBLEMS, placeOf, readStudyTable } from './study-table.ts';

/** How a table of trials is read. */
export interface TrialsRequest {
  /** The video of rows without one; a log of a presentation program names none. */
  readonly video: string | null;
  /** Seconds that are added to all times: the moment of the video at which the clock of the log begins. */
  readonly offsetS: number;
  /** Columns of the table by the columns of this program, for other names than those that are known. */
  readonly columns: Readonly<Partial<Record<TrialColumn, string>>>;
}

export const TRIAL_COLUMNS = ['video', 'start_s', 'end_s', 'duration_s', 'trial', 'type', 'item', 'condition'] as const;
export type TrialColumn = (typeof TRIAL_COLUMNS)[number];

/** Names of columns in tables of other programs: BIDS (onset, duration, trial_type, stim_file) and PsychoPy (trials.thisN). */
const OTHER_NAMES: Readonly<Record<TrialColumn, readonly string[]>> = {
  video: ['video'],
  start_s: ['start_s', 'onset_s', 'onset'],
  end_s: ['end_s', 'offset_s'],
  duration_s: ['duration_s', 'duration'],
  trial: ['trial', 'trials.thisn'],
  type: ['type', 'trial_type'],
  item: ['item', 'stim_file', 'value'],
  condition: ['condition'],
};

type NewTrial = Omit<TrialRow, 'revision' | 'id'>;

/**
 * Sets the trials and markers of the videos that a table names, in one undo step: trials that are equal stay, others are added,
 * and those that the table does not have are deleted. Other videos stay as they are.
 * @throws StudioError 'file-unreadable', 'data-set-invalid' with all rows that cannot be used; nothing is changed then
 */
export async function setTrials(db: ProjectDatabase, file: string, request: TrialsRequest, coder: string): Promise<AppliedEdit | null> {
  const needed = [request.columns.start_s?.toLowerCase() ?? '', ...OTHER_NAMES.start_s].filter((each) => each !== '');
  const table = await readStudyTable(file, needed);
  if (table === undefined) throw new StudioError('data-set-invalid/not-trials', { file: basename(file) });
  return db.transaction(() => {
    const { trials, problems } = readTrials(db, table, request);
    if (problems.length > 0) throw new StudioError('data-set-invalid/trials', { file: table.file, problems: problemList(problems, LISTED_PROBLEMS) });
    const videos = new Set(trials.map(({ video_id }) => video_id));
    const obsolete = new Map(listTrials(db).flatMap((each) => (videos.has(each.video_id) ? [[keyOf(each), each] as const] : [])));
    const rows: RowEdit[] = [];
    for (const trial of trials) if (!obsolete.delete(keyOf(trial))) rows.push(createTrial(trial.video_id, trial, newId()));
    rows.push(...[...obsolete.values()].map(removeTrial));
    if (rows.length === 0) return null;
    const { id } = addCoder(db, coder);
    return applyEdit(db, { coderId: id, step: step('trials.set', { count: rows.length, file: table.file }), rows });
  });
}

const keyOf = ({ video_id, name, type, item, condition, start_s, end_s }: NewTrial): string =>
  JSON.stringify([video_id, name, type, item, condition, start_s, end_s]);

function readTrials(
  db: ProjectDatabase,
  table: StudyTable,
  { video: defaultVideo, offsetS, columns }: TrialsRequest,
): { trials: NewTrial[]; problems: Notice[] } {
  const problems: Notice[] = [];
  const videos = allVideos(db);
  const nameOf = (column: TrialColumn): string => columns[column]?.toLowerCase() ?? OTHER_NAMES[column].find((name) => table.columns.includes(name)) ?? column;
  for (const [column, name] of Object.entries(columns))
    if (!table.columns.includes(name.toLowerCase())) problems.push(notice('trials/no-column', { file: table.file, column: name, meaning: column }));
  const trials: { trial: NewTrial; from: Notice; line: number }[] = [];
  const ends = new Map<string, number>();
  const lastOf = (video: VideoRow): number => {
    const lastS = ends.get(video.id) ?? lastSecondOf(db, video);
    ends.set(video.id, lastS);
    return lastS;
  };
  for (const row of table.rows) {
    const from = placeOf(table, row);
    // A row of a log that has no start belongs to another routine of the experiment.
    if (row.cell(nameOf('start_s')) === '') continue;
    const key = row.cell(nameOf('video')) || defaultVideo;
    const video = key === null ? undefined : findVideoOf(videos, key, from, problems);
    if (key === null) problems.push(notice('trials/no-video', { from }));
    const times = timesOf(row, nameOf, offsetS, from, problems);
    if (video === undefined || times === null) continue;
    const text = (column: TrialColumn): string => valueOf(row.cell(nameOf(column)));
    const name = text('trial') || String(trials.filter(({ trial }) => trial.video_id === video.id).length + 1);
    const trial = { video_id: video.id, name, type: text('type') || DEFAULT_TYPE, item: text('item'), condition: text('condition'), ...times };
    if (isInside(video, lastOf(video), trial, from, problems)) trials.push({ trial, from, line: row.line });
  }
  problems.push(...conflicts(trials));
  return { trials: trials.map(({ trial }) => trial), problems };
}

/** BIDS writes n/a for a missing value. */
const valueOf = (cell: string): string => (cell.toLowerCase() === 'n/a' ? '' : cell);

function timesOf(
  row: TableRow,
  nameOf: (column: TrialColumn) => string,
  offsetS: number,
  from: Notice,
  problems: Notice[],
): Pick<NewTrial, 'start_s' | 'end_s'> | null {
  const read = (column: TrialColumn): number | null => {
    const cell = row.cell(nameOf(column));
    if (valueOf(cell) === '') return null;
    const value = row.number(nameOf(column));
    if (value === null || Number.isNaN(value)) problems.push(notice('trials/time', { from, column: nameOf(column), value: cell }));
    return value;
  };
  const [start, end, duration] = [read('start_s'), read('end_s'), read('duration_s')];
  if (start === null || [start, end, duration].some(Number.isNaN)) return null;
  const endOf = end ?? (duration === null || duration === 0 ? null : start + duration);
  if (endOf !== null && endOf < start) {
    problems.push(notice('trials/order', { from, start, end: endOf }));
    return null;
  }
  return { start_s: roundSeconds(start + offsetS), end_s: endOf === null ? null : roundSeconds(endOf + offsetS) };
}

function isInside(video: VideoRow, lastS: number, { start_s, end_s }: NewTrial, from: Notice, problems: Notice[]): boolean {
  if (isWithin({ start_s, end_s }, lastS)) return true;
  problems.push(notice('trials/outside', { from, start: start_s, end: end_s ?? start_s, video: video.name, last: roundSeconds(lastS) }));
  return false;
}

/** The length of a video that was never analysed is not known. */
const lastSecondOf = (db: ProjectDatabase, video: VideoRow): number => videoSpan(db, video).endS ?? Infinity;

/** Programs round the end of a video to a hundredth of a second. */
const isWithin = ({ start_s, end_s }: Pick<TrialRow, 'start_s' | 'end_s'>, lastS: number): boolean =>
  start_s >= 0 && start_s < lastS && (end_s ?? start_s) <= lastS + 0.01;

/**
 * Checks the trials that an edit, an undo or a redo added or changed; to be called in its transaction.
 * @throws StudioError 'edit-invalid' if one is outside its video, overlaps with another one of its type, or has the name of one
 */
export function refuseInvalidTrials(db: ProjectDatabase, changes: readonly RowChange[]): void {
  const changed = changes.flatMap(({ table, after }) => (table === 'trial' && after !== null ? [after as unknown as TrialRow] : []));
  for (const [videoId, own] of Map.groupBy(changed, ({ video_id }) => video_id)) {
    const video = videoOf(db, videoId);
    const lastS = lastSecondOf(db, video);
    const outside = own.find((trial) => !isWithin(trial, lastS));
    if (outside !== undefined)
      throw new StudioError('edit-invalid/trial-outside', { trial: outside.name, video: video.name, last: lastS === Infinity ? '–' : roundSeconds(lastS) });
    const ids = new Set(own.map(({ id }) => id));
    const types = new Set(own.map(({ type }) => type));
    for (const ofType of Map.groupBy(trialsOf(db, videoId), ({ type }) => type).values()) if (types.has(ofType[0]?.type ?? '')) refuseConflicts(ofType, ids);
  }
}

/** @param ids the changed trials; a conflict of others was there before */
function refuseConflicts(ofType: readonly TrialRow[], ids: ReadonlySet<string>): void {
  for (const { earlier, later } of overlapsOf(ofType)) {
    const [own, other] = ids.has(later.id) ? [later, earlier] : [earlier, later];
    if (!ids.has(own.id)) continue;
    const { name, start_s: start, end_s: end } = other;
    throw new StudioError('edit-invalid/trial-overlap', {
      trial: own.name,
      type: own.type,
      other: name,
      start: roundSeconds(start),
      end: roundSeconds(end ?? start),
    });
  }
  for (const [name, same] of Map.groupBy(ofType, (trial) => trial.name))
    if (same.length > 1 && same.some(({ id }) => ids.has(id))) throw new StudioError('edit-invalid/trial-name', { trial: name, type: same[0]?.type ?? '' });
}

/** Trials of one type of a video that overlap, and trials with the same name. */
function conflicts(trials: readonly { readonly trial: NewTrial; readonly from: Notice; readonly line: number }[]): Notice[] {
  const found: Notice[] = [];
  for (const own of Map.groupBy(trials, ({ trial }) => JSON.stringify([trial.video_id, trial.type])).values()) {
    const overlaps = overlapsOf(own.map(({ trial: { start_s, end_s }, from, line }) => ({ start_s, end_s, from, line })));
    found.push(...overlaps.map(({ earlier, later }) => notice('trials/overlap', { from: later.from, line: earlier.line })));
    const names = new Map<string, number>();
    for (const { trial, from, line } of own.toSorted((a, b) => a.trial.start_s - b.trial.start_s)) {
      const earlier = names.get(trial.name);
      if (earlier !== undefined) found.push(notice('trials/twice', { from, name: trial.name, line: earlier }));
      names.set(trial.name, line);
    }
  }
  return found;
}

/** The trials of a project with the names of their videos. @throws StudioError the errors of openProject */
export const trialsIn = (folder: string): Promise<(TrialRow & { readonly video: string })[]> =>
  inProject(folder, (db) => {
    const names = videoNames(db);
    return listTrials(db).map((trial) => ({ ...trial, video: names.get(trial.video_id) ?? '' }));
  });

/** Opens a project and calls setTrials. */
export const setTrialsIn = (folder: string, file: string, request: TrialsRequest, coder: string): Promise<AppliedEdit | null> =>
  inProject(folder, (db) => setTrials(db, file, request, coder));

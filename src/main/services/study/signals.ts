import { basename } from 'node:path';
import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { ReadSeries, SeriesRequest } from '../../formats/read-series.ts';
import { listed, readSeries } from '../../formats/read-series.ts';
import { allVideos, videoNames } from '../../project/library.ts';
import { readTiming, videoSpan } from '../../project/recorded-results.ts';
import { addCoder } from '../../project/review.ts';
import { insertSignal, listSignals, moveSignals, removeSignal } from '../../project/signals.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import type { PackedSeries } from '../../project/store/packed-series.ts';
import { SeriesPacker } from '../../project/store/packed-series.ts';
import type { SignalRow, VideoRow } from '../../project/store/schema.ts';
import { findVideoOf } from './study-table.ts';

/** How the signals of a file are added. */
export interface SignalsRequest extends Omit<SeriesRequest, 'frameTimes'> {
  /** Name, path or id of the video. */
  readonly video: string;
  /** Seconds that are added to the times of the file: the moment of the video at which its clock begins. */
  readonly offsetS: number;
  /** Units by column, for other units than those that the header states. */
  readonly units: Readonly<Record<string, string>>;
}

/** What was added. */
export interface AddedSignals {
  readonly signals: readonly SignalRow[];
  readonly notices: readonly Notice[];
}

/**
 * Adds the time series of a file to a video, all or none.
 * @throws StudioError 'file-unreadable', 'data-set-invalid' with all rows and columns that cannot be used
 */
export async function addSignals(db: ProjectDatabase, path: string, request: SignalsRequest): Promise<AddedSignals> {
  const file = basename(path);
  const problems: Notice[] = [];
  const video = findVideoOf(allVideos(db), request.video, notice('place/file', { file }), problems);
  if (video === undefined) throw invalid(file, problems, problems.length);
  let packer: SeriesPacker | undefined;
  const read = await readSeries(
    path,
    { ...request, frameTimes: readTiming(db, video.id)?.pts ?? null },
    {
      open: (series) => (packer = new SeriesPacker(series)),
      push: (time, values) => packer?.push(time, values),
    },
  );
  problems.push(...read.problems);
  const series = packer?.finish() ?? [];
  const named = read.columns.map(({ name, unit }, i) => ({
    name: request.face === null ? name : `${name} (${request.face})`,
    unit: request.units[name] ?? unit,
    series: series[i],
  }));
  for (const column of Object.keys(request.units))
    if (!read.columns.some(({ name }) => name === column))
      problems.push(notice('signals/no-unit', { file, column, known: listed(read.columns.map(({ name }) => name)) }));
  return db.transaction(() => {
    const known = new Set(listSignals(db, video.id).flatMap(({ name, source }) => (source === file ? [name] : [])));
    const again = named.filter(({ name }) => known.has(name)).map(({ name }) => name);
    if (again.length > 0) problems.push(notice('signals/again', { file, video: video.name, signals: listed(again) }));
    if (problems.length > 0) throw invalid(file, problems, problems.length + read.problemCount - read.problems.length);
    const facts = { videoId: video.id, source: file, offsetS: request.offsetS };
    const signals = named.flatMap(({ name, unit, series: packed }) =>
      packed === undefined || packed.lowest === null ? [] : [insertSignal(db, { ...facts, name, unit }, packed)],
    );
    return { signals, notices: noticesOf(file, read, signals, outsideOf(db, video, series[0], request.offsetS)) };
  });
}

/** One error for all problems. @param count number of all problems, also of those that were not kept */
function invalid(file: string, problems: readonly Notice[], count: number): StudioError {
  const rest = count - problems.length;
  return new StudioError('data-set-invalid/signals', { file, problems: rest > 0 ? [...problems, notice('more', { count: rest })] : problems });
}

function noticesOf(file: string, { program, skipped, withoutFace }: ReadSeries, signals: readonly SignalRow[], outside: Notice | null): Notice[] {
  const notices: Notice[] = [];
  if (program !== null) notices.push(notice('signals/program', { file, program, signals: signals.map(({ name }) => name) }));
  if (skipped.length > 0) notices.push(notice('signals/skipped', { file, columns: listed(skipped) }));
  if (withoutFace > 0) notices.push(notice('signals/without-face', { file, count: withoutFace }));
  return outside === null ? notices : [...notices, outside];
}

/** The notice about series of which no sample is within the video. */
function outsideOf(db: ProjectDatabase, video: VideoRow, series: PackedSeries | undefined, offsetS: number): Notice | null {
  const span = videoSpan(db, video);
  if (series === undefined || span.endS === null) return null;
  const [start, end] = [series.startS + offsetS, series.endS + offsetS].map(roundSeconds) as [number, number];
  if (end >= span.startS && start < span.endS) return null;
  return notice('signals/outside', { video: video.name, start, end, last: roundSeconds(span.endS) });
}

/** A signal with the name of its video. */
export interface ListedSignal extends SignalRow {
  readonly video: string;
}

/** The signals of a project. @throws StudioError the errors of openProject */
export const signalsIn = (folder: string): Promise<ListedSignal[]> => inProject(folder, namedSignals);

function namedSignals(db: ProjectDatabase): ListedSignal[] {
  const names = videoNames(db);
  return listSignals(db).map((signal) => ({ ...signal, video: names.get(signal.video_id) ?? '' }));
}

/** Opens a project and calls addSignals. */
export const addSignalsIn = (folder: string, path: string, request: SignalsRequest): Promise<AddedSignals> =>
  inProject(folder, (db) => addSignals(db, path, request));

/** Removes signals by their ids, all or none. @throws StudioError 'wrong-usage' for an unknown id */
export const removeSignalsIn = (folder: string, ids: readonly string[]): Promise<SignalRow[]> =>
  inProject(folder, (db) => db.transaction(() => ids.map((id) => removeSignal(db, id))));

/** Moves signals by their ids in one step. @throws StudioError 'wrong-usage' for an unknown id */
export const moveSignalsIn = (folder: string, ids: readonly string[], offsetS: number, coder: string): Promise<AppliedEdit | null> =>
  inProject(folder, (db) => db.transaction(() => moveSignals(db, ids, offsetS, addCoder(db, coder).id)));

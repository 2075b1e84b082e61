import { basename } from 'node:path';
import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import { cancelled, StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, problemList } from '../../../shared/app/notices.ts';
import type { SignalFile } from '../../../shared/contract/signals.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { ReadSeries, SeriesRequest } from '../../formats/read-series.ts';
import { listed, readSeries } from '../../formats/read-series.ts';
import { readSeriesHead } from '../../formats/series-head.ts';
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

/**
 * Reads the head of a table, from which a person chooses what is added.
 * @param headerLine line with the names of the columns, from 1; null: it is found
 * @throws StudioError 'file-unreadable', 'data-set-invalid'
 */
export async function readSignalFile(path: string, headerLine: number | null): Promise<SignalFile> {
  const { columns, taken, faces, rows, ...head } = await readSeriesHead(path, { headerLine });
  return { path, name: basename(path), ...head, columns: [...columns], taken: [...taken], faces: [...faces], rows: rows.map((row) => [...row]) };
}

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

/** The series of a file, read for a video, and all problems with them. */
interface PreparedSignals {
  readonly video: VideoRow;
  readonly read: ReadSeries;
  readonly named: readonly { readonly name: string; readonly unit: string; readonly series: PackedSeries | undefined }[];
  readonly problems: readonly Notice[];
  /** Number of all problems, also of those that were not kept. */
  readonly problemCount: number;
}

/** Reads the series of a file. @throws StudioError 'file-unreadable', 'data-set-invalid', 'cancelled' */
async function prepareSignals(db: ProjectDatabase, path: string, request: SignalsRequest, signal?: AbortSignal): Promise<PreparedSignals> {
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
      push: (time, values) => {
        if (signal?.aborted === true) throw cancelled();
        packer?.push(time, values);
      },
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
  const known = new Set(listSignals(db, video.id).flatMap(({ name, source }) => (source === file ? [name] : [])));
  const again = named.filter(({ name }) => known.has(name)).map(({ name }) => name);
  if (again.length > 0) problems.push(notice('signals/again', { file, video: video.name, signals: listed(again) }));
  return { video, read, named, problems, problemCount: problems.length + read.problemCount - read.problems.length };
}

/**
 * Adds the time series of a file to a video, all or none.
 * @throws StudioError 'file-unreadable', 'data-set-invalid' with all rows and columns that cannot be used, 'cancelled'
 */
export async function addSignals(db: ProjectDatabase, path: string, request: SignalsRequest, signal?: AbortSignal): Promise<AddedSignals> {
  const file = basename(path);
  const { video, read, named, problems, problemCount } = await prepareSignals(db, path, request, signal);
  if (problems.length > 0) throw invalid(file, problems, problemCount);
  return db.transaction(() => {
    const facts = { videoId: video.id, source: file, offsetS: request.offsetS };
    const signals = named.flatMap(({ name, unit, series: packed }) =>
      packed === undefined || packed.lowest === null ? [] : [insertSignal(db, { ...facts, name, unit }, packed)],
    );
    return { signals, notices: noticesOf(file, read, signals, outsideOf(db, video, named[0]?.series, request.offsetS)) };
  });
}

/** What would be added, from the whole file. */
export interface CheckedSignals {
  /** Span of the samples on the clock of the video, with the offset, in seconds; null if the table has problems. */
  readonly span: { readonly startS: number; readonly endS: number; readonly samples: number } | null;
  /** Why nothing would be added; empty if the file can be added. */
  readonly problems: readonly Notice[];
  readonly notices: readonly Notice[];
}

/** Reads a file as addSignals does, and changes nothing. @throws StudioError 'file-unreadable', 'data-set-invalid', 'cancelled' */
export async function checkSignals(db: ProjectDatabase, path: string, request: SignalsRequest, signal?: AbortSignal): Promise<CheckedSignals> {
  const { video, read, named, problems, problemCount } = await prepareSignals(db, path, request, signal);
  const first = named[0]?.series;
  const rest = problemCount - problems.length;
  const signals = named.filter(({ series }) => series !== undefined && series.lowest !== null);
  return {
    span:
      first === undefined || read.rows === 0 || read.problemCount > 0
        ? null
        : { startS: roundSeconds(first.startS + request.offsetS), endS: roundSeconds(first.endS + request.offsetS), samples: read.rows },
    problems: rest > 0 ? [...problems, notice('more', { count: rest })] : problems,
    notices: problems.length > 0 ? [] : noticesOf(basename(path), read, signals, outsideOf(db, video, first, request.offsetS)),
  };
}

/** One error for all problems. @param count number of all problems, also of those that were not kept */
function invalid(file: string, problems: readonly Notice[], count: number): StudioError {
  const rest = count - problems.length;
  const inOrder = problemList(problems, problems.length);
  return new StudioError('data-set-invalid/signals', { file, problems: rest > 0 ? [...inOrder, notice('more', { count: rest })] : inOrder });
}

function noticesOf(
  file: string,
  { program, skipped, withoutFace }: ReadSeries,
  signals: readonly { readonly name: string }[],
  outside: Notice | null,
): Notice[] {
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
export const removeSignals = (db: ProjectDatabase, ids: readonly string[]): SignalRow[] => db.transaction(() => ids.map((id) => removeSignal(db, id)));

/** Opens a project and calls removeSignals. */
export const removeSignalsIn = (folder: string, ids: readonly string[]): Promise<SignalRow[]> => inProject(folder, (db) => removeSignals(db, ids));

/** Moves signals by their ids in one step. @throws StudioError 'wrong-usage' for an unknown id */
export const moveSignalsIn = (folder: string, ids: readonly string[], offsetS: number, coder: string): Promise<AppliedEdit | null> =>
  inProject(folder, (db) => db.transaction(() => moveSignals(db, ids, offsetS, addCoder(db, coder).id)));

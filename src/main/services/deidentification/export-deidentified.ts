import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { DeidentificationOptions } from '../../../shared/domain/export-formats.ts';
import type { TimingTable } from '../../../shared/domain/time.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import { startDetectors } from '../../adatosk/runtime/providers.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { detectorFiles } from '../../face/detector-files.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { csvText } from '../../formats/tables.ts';
import type { ProbedVideo } from '../../media/probe.ts';
import { probeVideo } from '../../media/probe.ts';
import { hasSound } from '../../media/timed-pictures.ts';
import { onProjectClock } from '../../project/clocks.ts';
import { selectVideos } from '../../project/library.ts';
import { readTiming } from '../../project/recorded-results.ts';
import { layersOf, newestRun } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import { detectedFacesOf, readDetected } from '../../project/tracked-faces.ts';
import { prepareOut } from '../analysis/analyse-folder.ts';
import { fileNameFor } from '../exchange/exchange-annotations.ts';
import type { WrittenExport } from '../exchange/export-tables.ts';
import { ExportProgress, writeDictionary } from '../exchange/export-tables.ts';
import { coverPlan } from './cover-plan.ts';
import type { WrittenVideo } from './deidentified-tables.ts';
import { deidentifiedTables } from './deidentified-tables.ts';
import { deidentifyVideo } from './deidentify-video.ts';

export interface DeidentifiedExport {
  /** Ids or names of videos; an empty list means all with results. */
  readonly videos: readonly string[];
  /** Id of the run whose faces are hidden; null means the newest result of each video. */
  readonly run: string | null;
  readonly options: DeidentificationOptions;
}

/** Errors that concern one video. The export goes on with the next one. */
const OF_ONE_VIDEO: readonly string[] = [
  ...['file-missing', 'file-unreadable', 'file-empty', 'not-a-video', 'no-video-stream', 'unsupported-codec', 'damaged-video', 'program-failed'],
];

/**
 * Writes a new video for each video with results, in which faces are hidden, and tables: the frames for review, what was done, and which
 * video is which. A video that cannot be written is left out with a notice.
 * @param out an empty folder
 * @throws StudioError 'wrong-usage' for a folder with files and for videos without results, 'disk-full', 'cancelled' (videos that are
 *   complete stay, with their tables); the error of the first video if none could be written
 */
export async function exportDeidentified(
  db: ProjectDatabase,
  request: DeidentifiedExport,
  out: string,
  start: EngineStarter,
  progress = new ExportProgress(),
): Promise<WrittenExport> {
  const to = resolve(out);
  await prepareOut(to);
  if ((await readdir(to)).length > 0) throw new StudioError('wrong-usage/folder-not-empty', { folder: to });
  const { chosen, losses } = chosenVideos(db, request);
  const written: WrittenVideo[] = [];
  const { engine, detectors } = await startDetectors(start, detectorFiles(modelsFolder()));
  let tables: string[] = [];
  try {
    const failures = await writeVideos(db, chosen, { ...request, to, detectors, progress, written, losses });
    if (written.length === 0 && failures[0] !== undefined) throw failures[0];
  } finally {
    engine.stop();
    // After a stop, too: a video must not be shared without the list of its frames for review.
    if (written.length > 0) tables = await writeTables(to, written);
  }
  return { files: [...written.map(({ file }) => join(to, file)), ...tables], losses: [...losses, ...resultNotices(written)] };
}

interface ChosenVideo {
  readonly video: VideoRow;
  readonly run: string;
  /** Name of the new file. */
  readonly file: string;
}

/** The chosen videos with results. @throws StudioError 'wrong-usage/no-results' if there is none */
function chosenVideos(db: ProjectDatabase, { videos, run, options }: DeidentifiedExport): { chosen: ChosenVideo[]; losses: Notice[] } {
  const all = selectVideos(db, videos);
  const found = all.flatMap((video) => {
    const own = run ?? newestRun(layersOf(db, video.id));
    return own === null || detectedFacesOf(db, own, video.id).length === 0 ? [] : [{ video, run: own }];
  });
  const missing = all.filter(({ id }) => !found.some(({ video }) => video.id === id)).map(({ name }) => name);
  if (all.length === 0)
    throw videos.length > 0 ? new StudioError('video-unknown/name', { name: videos.join(', ') }) : new StudioError('wrong-usage/no-run', {});
  if (found.length === 0) throw new StudioError('wrong-usage/not-analysed', { videos: missing });
  const taken = new Set<string>();
  const nameOf = ({ name }: VideoRow, i: number): string =>
    options.names === 'numbers' ? `video-${String(i + 1).padStart(3, '0')}` : fileNameFor(name, taken);
  return {
    chosen: found.map(({ video, run: own }, i) => ({ video, run: own, file: `${nameOf(video, i)}.mp4` })),
    losses: missing.length === 0 ? [] : [notice('deidentified/not-analysed', { videos: missing })],
  };
}

interface Work extends DeidentifiedExport {
  readonly to: string;
  readonly detectors: DetectorSessions;
  readonly progress: ExportProgress;
  /** Gets each video that is complete. */
  readonly written: WrittenVideo[];
  readonly losses: Notice[];
}

/** @returns the errors of videos that were left out */
async function writeVideos(db: ProjectDatabase, chosen: readonly ChosenVideo[], work: Work): Promise<StudioError[]> {
  const { progress, losses, written } = work;
  const failures: StudioError[] = [];
  const framesOf = ({ video }: ChosenVideo): number => video.frames ?? 1;
  progress.expect(chosen.reduce((sum, each) => sum + framesOf(each), 0));
  let before = 0;
  for (const each of chosen) {
    const frames = framesOf(each);
    try {
      written.push(await writeVideo(db, each, work, (share) => progress.reach(before + share * frames)));
    } catch (error) {
      if (!(error instanceof StudioError) || !OF_ONE_VIDEO.includes(error.code)) throw error;
      failures.push(error);
      losses.push(notice('set/video', { video: each.video.name, problem: toFact(error) }));
    }
    before += frames;
    await progress.reach(before);
  }
  return failures;
}

async function writeVideo(
  db: ProjectDatabase,
  { video, run, file }: ChosenVideo,
  { options, to, detectors, progress }: Work,
  onShare: (share: number) => Promise<void>,
): Promise<WrittenVideo> {
  const { signal } = progress;
  const original = await probeVideo(video.path, signal);
  refuseOtherFile(db, video, original);
  const timelines = detectedFacesOf(db, run, video.id).map(({ face }) => readDetected(db, run, video.id, face));
  const plan = coverPlan(timelines, original.timing, options.hideMissed);
  const work = { ...options, detectors, signal, onShare };
  const result = await deidentifyVideo(original, plan, join(to, file), work);
  const lacksSound = options.sound !== 'muted' && !(await hasSound(video.path, signal));
  const faces = timelines.filter(([row]) => row !== undefined && row.faceId > 0).length;
  return { ...result, video, file, faces, timing: original.timing, options, lacksSound };
}

/** Largest difference of a frame's time from that of the analysis: times are stored in microseconds. */
const LARGEST_DIFFERENCE_S = 0.001;

/** Compares the frames of a file with those of its analysis: in another file, boxes would be in wrong places. */
function refuseOtherFile(db: ProjectDatabase, { id, path }: VideoRow, { timing }: ProbedVideo): void {
  const analysed = readTiming(db, id);
  const present = onProjectClock(db, id, timing);
  if (analysed === undefined || !areSame(analysed, present)) throw new StudioError('damaged-video/other-frames', { file: basename(path) });
}

function areSame(a: TimingTable, b: TimingTable): boolean {
  return a.frames === b.frames && a.pts.every((pts, i) => Math.abs(pts - (b.pts[i] ?? Infinity)) <= LARGEST_DIFFERENCE_S);
}

/** Writes the tables, and the data dictionary that describes them. */
async function writeTables(to: string, written: readonly WrittenVideo[]): Promise<string[]> {
  const tables = deidentifiedTables(written);
  const files: string[] = [];
  for (const { file, columns, rows } of tables) {
    await writeAtomically(join(to, file), csvText(columns, rows()));
    files.push(join(to, file));
  }
  return [...files, await writeDictionary(to, tables)];
}

function resultNotices(written: readonly WrittenVideo[]): Notice[] {
  const sum = (count: (video: WrittenVideo) => number): number => written.reduce((total, each) => total + count(each), 0);
  const [found, left] = [sum((each) => each.found.length), sum((each) => each.left.length)];
  const review = sum(({ plan }) => plan.missed.length);
  const silent = written.filter(({ lacksSound }) => lacksSound).map(({ video }) => video.name);
  return [
    notice('deidentified/checked', { frames: sum(({ checkedFrames }) => checkedFrames) }),
    ...(found > 0 ? [notice('deidentified/found', { count: found })] : []),
    ...(left > 0 ? [notice('deidentified/left', { count: left, files: written.filter((each) => each.left.length > 0).map(({ file }) => file) })] : []),
    ...(review > 0 ? [notice('deidentified/review', { count: review })] : []),
    ...(silent.length > 0 ? [notice('deidentified/no-sound', { videos: silent })] : []),
    notice('deidentified/watch', {}),
    notice('deidentified/key', {}),
  ];
}

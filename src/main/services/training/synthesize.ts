import { stringify } from 'csv-stringify/sync';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cancelled, StudioError, writeError } from '../../../shared/app/errors.ts';
import { expressionAt, EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { FACE_SET_FILE } from '../../../shared/domain/face-set.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import { SAMPLES_PER_SECOND, SIZES } from '../../adatosk/model/config.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { encodeVideo } from '../../media/encode-video.ts';
import { Subjects, portraitNames, portraitsOf } from '../../synthesis/set/subjects.ts';
import { planClip } from '../../synthesis/set/clip-plan.ts';
import { truthOf } from '../../synthesis/set/clip.ts';
import type { RenderedVideo } from '../../synthesis/set/video.ts';
import { videoOfClip, renderVideo, truthOfVideo } from '../../synthesis/set/video.ts';
import { sampleVideos } from '../../synthesis/set/sample-videos.ts';
import type { SetOptions } from '../../synthesis/set/set.ts';
import { synthesizeSet } from '../../synthesis/set/set.ts';
import type { SynthesisKind } from '../settings/defaults.ts';
import { photographClips, PHOTOGRAPH_FORMAT, photographFrames } from '../../synthesis/set/photographs.ts';

/** Options of a synthesis. `classes` and `mixing` apply to the kind 'faces' only. */
export interface SynthesizeRequest extends Omit<SetOptions, 'side' | 'rate'> {
  readonly kind: SynthesisKind;
}

export interface SynthesizeOutcome {
  readonly out: string;
  readonly clips: number;
  readonly seconds: number;
  /** Rendered frames per second; null if all clips existed. */
  readonly framesPerSecond: number | null;
}

/**
 * Renders labelled clips with their ground truth. The same request gives the same clips.
 * @throws StudioError for a missing face model or portraits, a folder with other files, a full disk, or if it is cancelled
 */
export async function synthesize(
  request: SynthesizeRequest,
  onProgress: (done: number, total: number, frames: number) => void,
  signal: AbortSignal,
): Promise<SynthesizeOutcome> {
  const out = resolve(request.out);
  await refuseOtherContents(out, request.kind);
  const begun = performance.now();
  let frames = 0;
  const progress = (done: number, total: number, drawn: number): void => {
    frames = drawn;
    onProgress(done, total, drawn);
  };
  const clips = await KINDS[request.kind]({ ...request, out }, progress, signal);
  const seconds = (performance.now() - begun) / 1000;
  return { out, clips, seconds, framesPerSecond: frames === 0 ? null : frames / seconds };
}

type Kind = (request: SynthesizeRequest, onProgress: (done: number, total: number, frames: number) => void, signal: AbortSignal) => Promise<number>;

const KINDS: Readonly<Record<SynthesisKind, Kind>> = {
  faces: async (request, onProgress, signal) => {
    const set = await synthesizeSet({ ...request, side: SIZES.tiny.cropSide, rate: SAMPLES_PER_SECOND }, onProgress, signal);
    return set.clips.length;
  },
  videos: writeVideos,
  samples: writeSamples,
  photographs: writePhotographs,
};

const CLIPS_TABLE = 'clips.csv';
const SAMPLE_TRUTH = 'truth.json';

/** Rejects a folder that contains other files: they may be somebody's work. */
async function refuseOtherContents(out: string, kind: SynthesisKind): Promise<void> {
  const own = { faces: [FACE_SET_FILE, 'clips'], videos: [CLIPS_TABLE, 'videos'], samples: [SAMPLE_TRUTH], photographs: [CLIPS_TABLE, 'videos'] }[kind];
  const others = (existsSync(out) ? await readdir(out) : []).filter((name) => !own.includes(name) && kind !== 'samples');
  if (others.length > 0) throw new StudioError('wrong-usage/other-contents', { folder: out, names: others.slice(0, 3) });
}

async function folderFor(out: string, name: string): Promise<string> {
  const folder = join(out, name);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(out, error);
  });
  return folder;
}

/** Renders and encodes a video. @returns the number of frames */
async function writeVideo(video: RenderedVideo, subjects: Subjects, path: string, quality: number, signal: AbortSignal): Promise<number> {
  const { width, height, fps, durationS } = video;
  await encodeVideo(path, { width, height, fps, quality }, await renderVideo(video, subjects), signal);
  return Math.ceil(durationS * fps);
}

type Row = Readonly<Record<'path' | 'label' | 'onset_s' | 'apex_s' | 'offset_s' | 'participant' | 'group' | 'split', string | number>>;

const writeTable = (out: string, rows: readonly Row[]): Promise<unknown> => writeAtomically(join(out, CLIPS_TABLE), [stringify([...rows], { header: true })]);

async function writeVideos({ place, out, seed, counts, condition }: SynthesizeRequest, onProgress: Parameters<Kind>[1], signal: AbortSignal): Promise<number> {
  const names = await portraitNames(place.portraits);
  const subjects = new Subjects(place, 'whole');
  await folderFor(out, 'videos');
  const total = SPLITS.reduce((sum, split) => sum + counts[split], 0);
  const rows: Row[] = [];
  let frames = 0;
  for (const split of SPLITS) {
    const portraits = portraitsOf(split, names);
    for (let i = 0; i < counts[split]; i++) {
      if (signal.aborted) throw cancelled();
      const plan = planClip(seed, `${split}-${String(i).padStart(5, '0')}`, expressionAt(i % EXPRESSIONS.length), portraits, condition);
      const video = videoOfClip(plan);
      frames += await writeVideo(video, subjects, join(out, 'videos', `${plan.name}.mp4`), 23, signal);
      const truth = truthOf(plan, await subjects.wearer(plan.portrait), SAMPLES_PER_SECOND, Math.round(video.durationS * SAMPLES_PER_SECOND));
      const { onsetS, apexS, offsetS, group } = truth;
      const times = { onset_s: onsetS ?? '', apex_s: onsetS === null ? '' : (apexS ?? ''), offset_s: offsetS ?? '' };
      rows.push({ path: `videos/${plan.name}.mp4`, label: plan.label, ...times, participant: plan.portrait, group, split });
      onProgress(rows.length, total, frames);
    }
  }
  await writeTable(out, rows);
  return rows.length;
}

async function writeSamples({ place, out, seed }: SynthesizeRequest, onProgress: Parameters<Kind>[1], signal: AbortSignal): Promise<number> {
  const subjects = new Subjects(place, 'whole');
  await folderFor(out, '.');
  const videos = sampleVideos(seed);
  let frames = 0;
  for (const [i, video] of videos.entries()) {
    if (signal.aborted) throw cancelled();
    frames += await writeVideo(video, subjects, join(out, `${video.name}.mp4`), 24, signal);
    onProgress(i + 1, videos.length, frames);
  }
  const truth = videos.map((video) => ({
    video: `${video.name}.mp4`,
    durationS: video.durationS,
    faces: video.actors.length,
    away: video.actors.flatMap(({ away }) => (away === null ? [] : [away])),
    expressions: truthOfVideo(video),
  }));
  await writeAtomically(join(out, SAMPLE_TRUTH), [`${JSON.stringify(truth, null, 2)}\n`]);
  return videos.length;
}

async function writePhotographs({ place, out, seed }: SynthesizeRequest, onProgress: Parameters<Kind>[1], signal: AbortSignal): Promise<number> {
  const clips = await photographClips(place.portraits);
  await folderFor(out, 'videos');
  const rows: Row[] = [];
  for (const clip of clips) {
    if (signal.aborted) throw cancelled();
    const path = `videos/${clip.name}.mp4`;
    await encodeVideo(join(out, path), { ...PHOTOGRAPH_FORMAT, quality: 20 }, await photographFrames(clip, seed), signal);
    const { label, participant, split } = clip;
    rows.push({ path, label, onset_s: '', apex_s: '', offset_s: '', participant, group: '', split });
    onProgress(rows.length, clips.length, rows.length * PHOTOGRAPH_FORMAT.fps * PHOTOGRAPH_FORMAT.durationS);
  }
  await writeTable(out, rows);
  return rows.length;
}

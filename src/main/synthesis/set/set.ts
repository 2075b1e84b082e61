import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import writeFileAtomic from 'write-file-atomic';
import { cancelled, fromFact, writeError } from '../../../shared/app/errors.ts';
import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import type { Expression } from '../../../shared/domain/expressions.ts';
import type { FaceClip, FaceSet } from '../../../shared/domain/face-set.ts';
import { FACE_SET_FILE } from '../../../shared/domain/face-set.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import type { SubjectFiles } from './subjects.ts';
import { portraitNames, portraitsOf } from './subjects.ts';
import type { Mixing } from './clip-plan.ts';
import { UNMIXED } from './clip-plan.ts';
import type { ClipTruth } from './clip.ts';
import type { Condition } from '../rendering/scene.ts';
import type { SetClip, SetMessage, SetWork } from './set-work.ts';

export interface SetOptions {
  readonly place: SubjectFiles;
  readonly out: string;
  readonly seed: number;
  /** Number of clips in each split; classes have equal shares. */
  readonly counts: Readonly<Record<Split, number>>;
  readonly classes: readonly Expression[];
  readonly condition: Condition;
  /** Modifications of training clips only. */
  readonly mixing: Mixing;
  readonly side: number;
  readonly rate: number;
  readonly threads: number;
}

const CREDITS = [
  'ICT-FaceKit light model, USC Institute for Creative Technologies, MIT licence',
  'Face Research Lab London Set, DeBruine and Jones 2017, doi 10.6084/m9.figshare.5047666.v5, CC BY 4.0',
  'Young Adult White Faces, DeBruine and Jones 2017, doi 10.6084/m9.figshare.4220517.v1, CC BY 4.0',
];

/** Reports finished clips, the number of all clips, and the frames that this run has rendered. */
export type SetProgress = (done: number, total: number, frames: number) => void;

/**
 * Renders a set of clips as aligned faces: OUT/faces.json, OUT/clips/. It resumes an earlier run with the same options.
 * @throws StudioError for a missing face model or portraits, a full disk, or an abort
 */
export async function synthesizeSet(options: SetOptions, onProgress: SetProgress, signal: AbortSignal): Promise<FaceSet> {
  const { place, out, seed, side, rate, threads } = options;
  const clips = await plannedClips(options);
  const folder = join(out, 'clips');
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(out, error);
  });
  let done = 0;
  let frames = 0;
  const progress = (more: number): void => {
    frames += more;
    onProgress(++done, clips.length, frames);
  };
  // Clips are interleaved between the threads, so that all threads end at about the same time.
  const shares = Array.from({ length: Math.min(threads, clips.length) }, (_, n) => clips.filter((__, i) => i % threads === n));
  await Promise.all(shares.map((share) => drawShare({ place, folder, side, rate, seed, clips: share }, progress, signal)));
  const set: FaceSet = { format: 'adatosk-faces', version: 1, side, rate, seed, actionUnits: [...ACTION_UNITS], credits: CREDITS, clips: [] };
  for (const clip of clips) set.clips.push(await faceClip(folder, clip));
  await writeFileAtomic(join(out, FACE_SET_FILE), JSON.stringify(set)).catch((error: unknown) => {
    throw writeError(out, error);
  });
  return set;
}

async function plannedClips(options: SetOptions): Promise<SetClip[]> {
  const names = await portraitNames(options.place.portraits);
  return SPLITS.flatMap((split) => {
    const portraits = portraitsOf(split, names);
    return Array.from({ length: options.counts[split] }, (_, i) => plannedClip(options, split, portraits, i));
  });
}

/** The clip of a split at an index. @param portraits names of the split's portraits */
export function plannedClip(
  { classes, condition, mixing }: Pick<SetOptions, 'classes' | 'condition' | 'mixing'>,
  split: Split,
  portraits: readonly string[],
  index: number,
): SetClip {
  return {
    name: `${split}-${String(index).padStart(5, '0')}`,
    label: classes[index % classes.length]!,
    split,
    portraits,
    condition,
    // Validation and test clips have no modifications. The condition applies to all splits.
    mixing: split === 'train' ? mixing : UNMIXED,
  };
}

/** Size of V8's young generation. With the default of 16 MB, garbage collection takes a quarter of the time. */
const YOUNG_MB = 128;

async function drawShare(work: SetWork, onClip: (frames: number) => void, signal: AbortSignal): Promise<void> {
  const worker = new Worker(new URL('./set-worker.ts', import.meta.url), { workerData: work, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: SetMessage) => {
        if ('error' in message) reject(fromFact(message.error));
        else onClip(message.frames);
      });
      worker.on('error', reject);
      worker.on('exit', () => (signal.aborted ? reject(cancelled()) : resolve()));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}

async function faceClip(folder: string, { name, split }: SetClip): Promise<FaceClip> {
  const truth = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as ClipTruth & { strips: number[] };
  const { label, portrait, group, samples, onsetS, apexS, offsetS, shares, units, strips } = truth;
  return {
    name,
    label,
    split,
    participant: portrait,
    group,
    samples,
    strips,
    onsetS,
    apexS,
    offsetS,
    shares: shares.map((each) => [...each]),
    units: units.map((each) => [...each]),
  };
}

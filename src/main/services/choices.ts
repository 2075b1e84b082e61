/** What the doors offer: the defaults, the devices, and how an engine is started outside Electron. */
import { cpus } from 'node:os';
import { DEFAULT_PEAK_OPTIONS } from '../../shared/peaks.ts';
import { DEFAULT_SEGMENT_OPTIONS } from '../../shared/segments.ts';
import { PROVIDERS } from '../adatosk/engine-messages.ts';
import type { SizeName } from '../adatosk/sizes.ts';
import { SIZES } from '../adatosk/sizes.ts';
import { DEFAULT_FACE_OPTIONS } from '../face/face-observer.ts';

export { READABLE_FORMATS, readerOf } from '../formats/annotation-formats.ts';
export { startChildProcessQueue } from './child-process-queue.ts';
export { startChildProcessEngine } from '../adatosk/child-process-engine.ts';
export { defaultThreads } from '../adatosk/providers.ts';
export type { Device } from '../adatosk/providers.ts';
export { CONDITIONS } from '../synthesis/scene.ts';
export type { Condition } from '../synthesis/scene.ts';
export { startChildProcessTrainer } from '../training/trainer-process.ts';
export type { TrainerPort } from '../training/trainer-messages.ts';
export type { EnginePort } from '../adatosk/engine-messages.ts';

/** The model that is used unless another is named: small enough for a laptop's processor. */
export const DEFAULT_MODEL = 'adatosk-tiny';

export const MODEL_SIZES = Object.keys(SIZES) as SizeName[];

/** Training is what the computer is for while it runs. */
export function allThreads(): number {
  return cpus().length;
}

export const DEVICES = ['auto', ...PROVIDERS] as const;

export const DEFAULT_OPTIONS = { face: DEFAULT_FACE_OPTIONS, peaks: DEFAULT_PEAK_OPTIONS, segments: DEFAULT_SEGMENT_OPTIONS };

/**
 * faces: aligned crops, what training and evaluation read at once. videos: each clip as a small video. samples: the
 * repository's sample videos, on averaged faces. stills: photographs of real people before a moving camera.
 */
export const SYNTHESIS_KINDS = ['faces', 'videos', 'samples', 'stills'] as const;
export type SynthesisKind = (typeof SYNTHESIS_KINDS)[number];

/** Defaults and available values of options, for all hosts. */
import { DEFAULT_PEAK_OPTIONS } from '../../../shared/domain/peaks.ts';
import { DEFAULT_SEGMENT_OPTIONS } from '../../../shared/domain/segments.ts';
import { PROVIDERS } from '../../adatosk/runtime/engine-messages.ts';
import type { SizeName } from '../../adatosk/model/config.ts';
import { SIZES } from '../../adatosk/model/config.ts';
import { allowedCores } from '../../process/allowed-cores.ts';
import { DEFAULT_FACE_OPTIONS } from '../../face/face-observer.ts';

export { defaultThreads } from '../../adatosk/runtime/providers.ts';
export type { Device } from '../../adatosk/runtime/providers.ts';
export { READABLE_FORMATS, readerOf } from '../../formats/annotations/annotation-formats.ts';
export type { ReadableFormatName } from '../../formats/annotations/annotation-formats.ts';
export { VIDEO_ENDINGS } from '../../media/video-files.ts';
export { CONDITIONS } from '../../synthesis/rendering/scene.ts';
export type { Condition } from '../../synthesis/rendering/scene.ts';

/** The default model. It is small enough for the CPU of a laptop. */
export const DEFAULT_MODEL = 'adatosk-tiny';

export const MODEL_SIZES = Object.keys(SIZES) as SizeName[];

/** Number of threads for training, which uses all cores. */
export function allThreads(): number {
  return allowedCores();
}

export const DEVICES = ['auto', ...PROVIDERS] as const;
/** Training computes in floats. */
export const TRAINING_DEVICES = DEVICES.filter((device) => device !== 'cpu-int8');

export const DEFAULT_OPTIONS = { face: DEFAULT_FACE_OPTIONS, peaks: DEFAULT_PEAK_OPTIONS, segments: DEFAULT_SEGMENT_OPTIONS };

/**
 * faces: aligned crops for training and evaluation. videos: each clip as a small video. samples: the sample videos of the
 * repository, with averaged faces. photographs: photographs of real people, filmed by a moving camera.
 */
export const SYNTHESIS_KINDS = ['faces', 'videos', 'samples', 'photographs'] as const;
export type SynthesisKind = (typeof SYNTHESIS_KINDS)[number];

import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import { FRAMES_PER_CLIP, SAMPLES_PER_SECOND } from './config.ts';

/** Dimensions and sample rate of a clip. @param side side of a crop in pixels */
export function clipShape(side: number): ModelManifest['clip'] {
  return { frames: FRAMES_PER_CLIP, height: side, width: side, sampleRateHz: SAMPLES_PER_SECOND };
}

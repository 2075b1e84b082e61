import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import { FRAMES_PER_CLIP, SAMPLES_PER_SECOND } from './config.ts';

/** What a clip is made of, for crops of a side. */
export function clipShape(side: number): ModelManifest['clip'] {
  return { frames: FRAMES_PER_CLIP, height: side, width: side, sampleRateHz: SAMPLES_PER_SECOND };
}

import type { Feed } from '../../../shared/domain/model-session.ts';
import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import { INPUTS } from '../model/adatosk.ts';

/**
 * The inputs of the network for one or more clips.
 * @param pixels [clips, frames, height, width, 3] RGB, as bytes or as floats in 0..1
 * @param tokenBudget share of the tokens to keep, 0..1
 */
export function clipFeeds({ frames, height, width }: ModelManifest['clip'], pixels: Uint8Array | Float32Array, tokenBudget: number): Record<string, Feed> {
  const dims = [pixels.length / (frames * height * width * 3), frames, height, width, 3];
  return {
    [INPUTS.clip]: pixels instanceof Float32Array ? { dims, data: pixels } : { dims, data: pixels, scale: 1 / 255, offset: 0 },
    [INPUTS.tokenBudget]: { dims: [1], data: Float32Array.of(tokenBudget) },
  };
}

import type { Graph } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Dim } from '../graph/tensor-type.ts';
import type { NetworkSize } from './config.ts';
import { tokensOf, TUBE, TUBE_VALUES } from './config.ts';
import { linear } from './encoder.ts';

/** ImageNet's channel means and standard deviations, RGB, for pixels in 0..1, as in VideoMAE and MAE-DFER. */
export const PIXEL_MEAN = [0.485, 0.456, 0.406];
export const PIXEL_STD = [0.229, 0.224, 0.225];

/**
 * Cuts a clip into tubes of 2 x 16 x 16 pixels, slot-major.
 * @param clip a clip or some of its slots, [batch, frames, side, side, 3]
 * @returns [batch, tokens, 1536]
 */
export function tubesOf(clip: Tensor): Tensor {
  const [batch, frames, side] = clip.dims as [Dim, number, number];
  const [slots, rows] = [frames / TUBE.frames, side / TUBE.side];
  return clip
    .reshape([batch, slots, TUBE.frames, rows, TUBE.side, rows, TUBE.side, 3])
    .permute([0, 1, 3, 5, 2, 4, 6, 7])
    .reshape([batch, slots * rows ** 2, TUBE_VALUES]);
}

/**
 * Patch embedding without positions (VideoMAE).
 * @param tubes [batch, n, 1536], RGB in 0..1
 * @returns tokens, [batch, n, width]
 */
export function patchEmbed(tubes: Tensor, width: number): Tensor {
  const { graph } = tubes;
  // Normalises whole tubes: along an axis of 3 the same arithmetic takes onnxruntime eight times as long.
  const mean = graph.constant(everyPixel(PIXEL_MEAN), [TUBE_VALUES], 'pixel.mean');
  const gain = graph.constant(everyPixel(PIXEL_STD.map((std) => 1 / std)), [TUBE_VALUES], 'pixel.gain');
  const normal = tubes.sub(mean).mul(gain);
  return graph.scope('patch_embed', () => linear(normal, 'proj', width));
}

function everyPixel(channels: readonly number[]): Float32Array {
  return Float32Array.from({ length: TUBE_VALUES }, (_, i) => channels[i % channels.length]!);
}

/** Fixed positions of all tokens, [1, tokens, width]. */
export function positionsOf(graph: Graph, size: NetworkSize, width = size.width): Tensor {
  return graph.constant(sinusoidalPositions(tokensOf(size), width), [1, tokensOf(size), width], `positions.${width}`);
}

/** The fixed positions of all tokens as a table, [tokens, width]. */
export function positionTable(graph: Graph, size: NetworkSize, width = size.width): Tensor {
  return positionsOf(graph, size, width).reshape([tokensOf(size), width]);
}

/** Fixed sine and cosine positions over the flattened token index (Vaswani et al. 2017, section 3.5): [count, width]. */
function sinusoidalPositions(count: number, width: number): Float32Array {
  const table = new Float32Array(count * width);
  for (let position = 0; position < count; position++) {
    for (let i = 0; i < width; i++) {
      const angle = position / 10000 ** ((2 * Math.floor(i / 2)) / width);
      table[position * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}

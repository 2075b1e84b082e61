import type { Graph } from '../graph/graph.ts';
import { Tensor } from '../graph/tensor.ts';
import type { DecoderSize } from './config.ts';
import { TUBE_VALUES } from './config.ts';
import { blocks, layerNorm, linear, weight, widthOf } from './encoder.ts';

const CHANNELS = 3;
const PIXELS = TUBE_VALUES / CHANNELS;

/**
 * The self-supervised branch (VideoMAE): visible tokens and one learned mask token for each hidden one, with their
 * positions, through a few narrow blocks; then the pixels of the hidden tubes alone.
 * @param latent [batch, visible, width]
 * @param positions [tokens, decoder width]
 * @param visible, hidden token indices, [batch, n, 1] int64
 * @returns normalised pixels of the hidden tubes, [batch, hidden, 1536]
 */
export function decode(latent: Tensor, positions: Tensor, visible: Tensor, hidden: Tensor, decoder: DecoderSize): Tensor {
  const { graph } = latent;
  const visibleCount = visible.dims[1] as number;
  const hiddenCount = hidden.dims[1] as number;
  return graph.scope('decoder', () => {
    const embed = weight(graph, 'embed', widthOf(latent), decoder.width);
    const visibleTokens = layerNorm(latent, 'encoder_norm').matMul(embed).add(positions.embedding(visible));
    const maskToken = graph.parameter('mask_token', [decoder.width], { kind: 'uniform', range: 0.02 });
    const hiddenTokens = positions.embedding(hidden).add(maskToken);
    const x = blocks(Tensor.concat([visibleTokens, hiddenTokens], 1), 0, decoder.blocks, decoder.heads);
    const last = x.slice(1, visibleCount, visibleCount + hiddenCount);
    return linear(layerNorm(last, 'norm'), 'head', TUBE_VALUES);
  });
}

/**
 * The target of the decoder: pixels of each tube and channel less their mean, over their standard deviation (VideoMAE:
 * unbiased) plus one grey level: a wall that is flatter than that has nothing to reconstruct but rounding.
 * Nothing is learned through it.
 * @param tubes [batch, n, 1536], RGB in 0..255
 * @returns [batch, n, 1536]
 */
export function reconstructionTarget(tubes: Tensor): Tensor {
  const { graph } = tubes;
  const { toChannels, toPixels } = channelTables(graph);
  const centred = tubes.sub(tubes.matMul(toChannels).matMul(toPixels));
  const variance = centred.mul(centred).matMul(toChannels);
  const std = variance.mul(PIXELS / (PIXELS - 1)).sqrt();
  const gain = graph.constant(1).div(std.add(1));
  return centred.mul(gain.matMul(toPixels));
}

/** Means per channel and their way back are products with small matrices: an axis of 3 is slow in onnxruntime. */
function channelTables(graph: Graph): { toChannels: Tensor; toPixels: Tensor } {
  const average = new Float32Array(TUBE_VALUES * CHANNELS);
  const repeat = new Float32Array(CHANNELS * TUBE_VALUES);
  for (let i = 0; i < TUBE_VALUES; i++) {
    average[i * CHANNELS + (i % CHANNELS)] = 1 / PIXELS;
    repeat[(i % CHANNELS) * TUBE_VALUES + i] = 1;
  }
  return {
    toChannels: graph.constant(average, [TUBE_VALUES, CHANNELS], 'tube.channel_means'),
    toPixels: graph.constant(repeat, [CHANNELS, TUBE_VALUES], 'tube.channels_to_pixels'),
  };
}

import type { Graph } from '../graph/graph.ts';
import { Tensor } from '../graph/tensor.ts';
import type { DecoderSize } from './config.ts';
import { TUBE_VALUES } from './config.ts';
import { blocks, layerNorm, linear, weight, widthOf } from './encoder.ts';

const CHANNELS = 3;
const PIXELS = TUBE_VALUES / CHANNELS;

/**
 * The decoder of the self-supervised branch (VideoMAE). A few narrow blocks read the visible tokens and one learned mask
 * token for each hidden token, all with their positions. The output is the pixels of the hidden tubes alone.
 * @param latent [batch, visible, width]
 * @param positions [tokens, decoder width]
 * @param visible indices of the visible tokens, [batch, visible, 1] int64
 * @param hidden indices of the hidden tokens, [batch, hidden, 1] int64
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
 * The target of the decoder. For each tube and channel: pixels minus their mean, divided by their standard deviation
 * (unbiased, as in VideoMAE) plus one grey level. Without that grey level, a flat wall would have amplified rounding
 * errors as its target. The target has no gradient.
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

/**
 * Matrices that average the pixels of each channel and that repeat a value per channel for each pixel. Products with them
 * replace reductions over an axis of 3, which are slow in onnxruntime.
 */
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

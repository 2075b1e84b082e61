import { encoderBlock, linear, norm } from './encoder.ts';
import type { Graph } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import type { DecoderSize, NetworkSize } from './config.ts';
import { TUBE_VALUES } from './config.ts';
import type { Tensor } from '../graph/tensor.ts';

const CHANNELS = 3;
const PIXELS = TUBE_VALUES / CHANNELS;

/**
 * The self-supervised branch (VideoMAE): visible tokens and one learned mask token for each hidden one, with their
 * positions, through a few narrow blocks; then the pixels of the hidden tubes alone.
 * @param latent [batch, visible, width]; `positions` [tokens, decoder width]; `visible`, `hidden` [batch, n, 1] int64
 * @returns normalised pixels of the hidden tubes, [batch, hidden, 1536]
 */
export function decode(graph: Graph, latent: Tensor, positions: Tensor, visible: Tensor, hidden: Tensor, size: NetworkSize, decoder: DecoderSize): Tensor {
  return graph.scope('decoder', () => {
    const visibleCount = visible.dims[1] as number;
    const hiddenCount = hidden.dims[1] as number;
    const bridge = graph.parameter('embed.weight', [size.width, decoder.width], { kind: 'xavier', fanIn: size.width, fanOut: decoder.width });
    const seen = op.add(graph, op.matMul(graph, norm(graph, 'encoder_norm', latent, size.width), bridge), op.lookUp(graph, positions, visible));
    const maskToken = graph.parameter('mask_token', [decoder.width], { kind: 'uniform', range: 0.02 });
    let x = op.concat(graph, [seen, op.add(graph, op.lookUp(graph, positions, hidden), maskToken)], 1);
    for (let i = 0; i < decoder.blocks; i++) x = graph.scope(`blocks.${i}`, () => encoderBlock(graph, x, decoder.width, decoder.heads));
    const last = op.slice(graph, x, 1, visibleCount, visibleCount + hiddenCount);
    return linear(graph, 'head', norm(graph, 'norm', last, decoder.width), decoder.width, TUBE_VALUES);
  });
}

/**
 * What the decoder is to find: pixels of each tube and channel less their mean, over their deviation (VideoMAE:
 * unbiased) plus one grey level: a wall that is flatter than that has nothing to find but rounding.
 * Nothing is learned through it.
 * @param tubes [batch, n, 1536], RGB in 0..255
 */
export function reconstructionTarget(graph: Graph, tubes: Tensor): Tensor {
  const { toChannels, toPixels } = channelTables(graph);
  const spread = (x: Tensor): Tensor => op.matMul(graph, x, toPixels);
  const centred = op.subtract(graph, tubes, spread(op.matMul(graph, tubes, toChannels)));
  const variance = op.matMul(graph, op.multiply(graph, centred, centred), toChannels);
  const deviation = op.squareRoot(graph, op.multiply(graph, variance, graph.constant(PIXELS / (PIXELS - 1))));
  const gain = op.divide(graph, graph.constant(1), op.add(graph, deviation, graph.constant(1)));
  return op.multiply(graph, centred, spread(gain));
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

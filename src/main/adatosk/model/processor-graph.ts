import { Graph } from '../graph/graph.ts';
import type { QuantisedMatrix } from '../graph/quantised.ts';
import { bytesTimesMatrix, gelu, quantisedLinear } from '../graph/quantised.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Encode } from './adatosk.ts';
import { INPUTS, readTokens } from './adatosk.ts';
import type { NetworkSize } from './config.ts';
import { FRAMES_PER_CLIP, patchesOf, SLOTS_PER_CLIP, TUBE, TUBE_VALUES } from './config.ts';
import { attend, blocks, layerNorm } from './encoder.ts';
import { PIXEL_MEAN, PIXEL_STD, positionsOf, tubesOf } from './patch-embed.ts';

/** The values of a parameter by its name, for example 'blocks.0.attn.q.weight'. */
export type ReadWeights = (name: string) => Float32Array;

/** Largest whole number of a quantised matrix. */
const LARGEST = 127;
/** The name of the batch axis after mirror images were added. */
const IMAGES = 'images';

/**
 * The inference graph for processors: that of `buildInferenceGraph`, computed in whole numbers of 8 bits where that changes little
 * (docs/developer/network.md, "On processors"):
 * - the embedding, exactly but for float rounding: pixels are bytes, and each weight is the sum of two whole numbers;
 * - the products of the blocks after the soft mask. Those before it stay floats: a token that the mask keeps or drops changes
 *   probabilities more than all rounding after it.
 *
 * The input `clip` is uint8 [batch, 16, side, side, 3], RGB. With mirror images, all outputs are [2 * batch, …]: those of the clips,
 * then those of their mirror images.
 * @param isMirrored whether the mirror image of each clip is read, too
 * @param units number of action units; 0 for a model without them
 */
export function buildProcessorGraph(size: NetworkSize, weights: ReadWeights, isMirrored: boolean, units = 0): Graph {
  const graph = new Graph(`adatosk-${size.name}-int8`);
  const clip = graph.input(INPUTS.clip, ['batch', FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3], 'uint8');
  const budget = graph.input(INPUTS.tokenBudget, [1]);
  const embedded = embed(clip, size, weights, isMirrored).add(positionsOf(graph, size));
  const encode: Encode = (x, first, end, logMask) =>
    logMask === undefined ? blocks(x, first, end, size.heads) : quantisedBlocks(x, first, end, size, weights, logMask);
  readTokens(embedded, budget, { ...size, units }, encode);
  return graph;
}

/** The patch embedding of bytes, with the normalisation of pixels in its matrix. Returns [batch or images, tokens, width]. */
function embed(clip: Tensor, size: NetworkSize, weights: ReadWeights, isMirrored: boolean): Tensor {
  const { graph } = clip;
  const { width } = size;
  const tubes = tubesOf(clip);
  const plain = byteMatrix(weights('patch_embed.proj.weight'), width);
  const bias = graph.constant(biasOfBytes(plain, weights('patch_embed.proj.bias')), [width], 'embed.bias');
  const product = (matrix: Float32Array, name: string): Tensor => {
    const high = quantise(graph, name, matrix, TUBE_VALUES, width);
    const low = quantise(graph, `${name}.rest`, high.rest, TUBE_VALUES, width);
    return bytesTimesMatrix(tubes, high).add(bytesTimesMatrix(tubes, low)).add(bias);
  };
  const seen = product(plain, 'embed');
  return isMirrored ? joinBatches(seen, withColumnsReversed(product(mirrored(plain, width), 'embed.mirrored'), size)) : seen;
}

/** The embedding's matrix, [1536, width], for pixels in 0..255 that are not normalised. */
function byteMatrix(matrix: Float32Array, width: number): Float32Array {
  return matrix.map((value, i) => value / (255 * PIXEL_STD[Math.floor(i / width) % 3]!));
}

/** The bias that goes with `byteMatrix`: the mean of each channel is subtracted from its product. */
function biasOfBytes(matrix: Float32Array, bias: Float32Array): Float32Array {
  const width = bias.length;
  return bias.map((value, column) => {
    let product = 0;
    for (let row = 0; row < TUBE_VALUES; row++) product += 255 * PIXEL_MEAN[row % 3]! * matrix[row * width + column]!;
    return value - product;
  });
}

/** The matrix that reads a tube as if its pixels were mirrored. */
function mirrored(matrix: Float32Array, width: number): Float32Array {
  const { side } = TUBE;
  const result = new Float32Array(matrix.length);
  for (let row = 0; row < TUBE_VALUES; row++) {
    const pixel = Math.floor(row / 3);
    const opposite = 3 * (pixel - (pixel % side) + side - 1 - (pixel % side)) + (row % 3);
    result.set(matrix.subarray(opposite * width, (opposite + 1) * width), row * width);
  }
  return result;
}

/** The tokens of each row of patches in reverse order: [batch, tokens, width]. */
function withColumnsReversed(tokens: Tensor, size: NetworkSize): Tensor {
  const { graph } = tokens;
  const columns = size.cropSide / TUBE.side;
  const batch = tokens.dims[0]!;
  const rows = tokens.reshape([batch, SLOTS_PER_CLIP * columns, columns, size.width]);
  const reversed = graph.apply({
    type: 'Slice',
    inputs: [rows, graph.integers([columns - 1]), graph.integers([-columns - 1]), graph.integers([2]), graph.integers([-1])],
    infer: () => [rows],
  })[0];
  return reversed.reshape([batch, SLOTS_PER_CLIP * patchesOf(size), size.width]);
}

function joinBatches(a: Tensor, b: Tensor): Tensor {
  return a.graph.apply({ type: 'Concat', inputs: [a, b], attributes: { axis: 0 }, infer: () => [{ type: a.type, dims: [IMAGES, ...a.dims.slice(1)] }] })[0];
}

/** `blocks` of the encoder with quantised products. */
function quantisedBlocks(x: Tensor, first: number, end: number, size: NetworkSize, weights: ReadWeights, logMask: Tensor): Tensor {
  const { graph } = x;
  const { width, heads } = size;
  const linear = (input: Tensor, name: string, matrix: Float32Array, bias: Float32Array): Tensor => {
    const quantised = quantise(graph, name, matrix, matrix.length / bias.length, bias.length);
    return quantisedLinear(input, quantised, graph.constant(bias, [bias.length], `${name}.bias`));
  };
  const stored = (input: Tensor, name: string): Tensor => linear(input, `int8.${name}`, weights(`${name}.weight`), weights(`${name}.bias`));
  let tokens = x;
  for (let i = first; i < end; i++) {
    const name = `blocks.${i}`;
    const part = (input: Tensor, of: 'attn' | 'mlp'): Tensor => graph.scope(name, () => graph.scope(of, () => layerNorm(input, 'norm')));
    const { matrix, bias } = queriesKeysValues(weights, `${name}.attn`, width, heads);
    const attended = attend(linear(part(tokens, 'attn'), `int8.${name}.attn.qkv`, matrix, bias), heads, logMask);
    const between = tokens.add(stored(attended, `${name}.attn.proj`));
    const hidden = gelu(stored(part(between, 'mlp'), `${name}.mlp.fc1`));
    tokens = between.add(stored(hidden, `${name}.mlp.fc2`));
  }
  return tokens;
}

/** The three matrices side by side, [width, 3 * width], with scaled queries, and their biases (see the encoder). */
function queriesKeysValues(weights: ReadWeights, name: string, width: number, heads: number): { matrix: Float32Array; bias: Float32Array } {
  const scale = 1 / Math.sqrt(width / heads);
  const queries = weights(`${name}.q.weight`).map((value) => value * scale);
  const parts = [queries, weights(`${name}.k.weight`), weights(`${name}.v.weight`)];
  const matrix = new Float32Array(3 * width * width);
  for (let row = 0; row < width; row++) parts.forEach((part, i) => matrix.set(part.subarray(row * width, (row + 1) * width), (3 * row + i) * width));
  const bias = new Float32Array(3 * width);
  bias.set(weights(`${name}.q.bias`).map((value) => value * scale));
  bias.set(weights(`${name}.v.bias`), 2 * width);
  return { matrix, bias };
}

/** Rounds a matrix to whole numbers with one scale for each column. `rest` is what the rounding left. */
function quantise(graph: Graph, name: string, matrix: Float32Array, from: number, to: number): QuantisedMatrix & { readonly rest: Float32Array } {
  const scales = new Float32Array(to);
  matrix.forEach((value, i) => (scales[i % to] = Math.max(scales[i % to]!, Math.abs(value) / LARGEST)));
  const numbers = Int8Array.from(matrix, (value, i) => (scales[i % to] === 0 ? 0 : Math.round(value / scales[i % to]!)));
  return {
    numbers: graph.bytes(numbers, [from, to], name),
    scales: graph.constant(scales, [to], `${name}.scales`),
    zeros: graph.bytes(new Int8Array(to), [to], `${name}.zeros`),
    rest: matrix.map((value, i) => value - numbers[i]! * scales[i % to]!),
  };
}

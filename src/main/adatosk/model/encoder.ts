import type { Graph } from '../graph/graph.ts';
import * as op from '../graph/ops.ts';
import { MLP_RATIO } from './config.ts';
import type { Dim, Tensor } from '../graph/tensor.ts';

const NORM_EPSILON = 1e-6;

/** x [..., from] to [..., to] by a learned matrix ([from, to], the transpose of PyTorch's) and bias. */
export function linear(graph: Graph, name: string, x: Tensor, from: number, to: number): Tensor {
  const weight = graph.parameter(`${name}.weight`, [from, to], { kind: 'xavier', fanIn: from, fanOut: to });
  const bias = graph.parameter(`${name}.bias`, [to], { kind: 'constant', value: 0 });
  return op.add(graph, op.matMul(graph, x, weight), bias);
}

export function norm(graph: Graph, name: string, x: Tensor, width: number): Tensor {
  const scale = graph.parameter(`${name}.weight`, [width], { kind: 'constant', value: 1 });
  const bias = graph.parameter(`${name}.bias`, [width], { kind: 'constant', value: 0 });
  return op.layerNormalization(graph, x, scale, bias, NORM_EPSILON);
}

/**
 * Two layers with a GELU between them: x/2 (1 + erf(x/√2)). Both roots of two lie in the matrices, not in passes over
 * the hidden layer: with u = x/√2 it is u (1 + erf u) / √2.
 */
export function twoLayers(graph: Graph, names: readonly [string, string], x: Tensor, from: number, hidden: number, to: number): Tensor {
  const half = graph.constant(Math.SQRT1_2);
  const matrix = (name: string, rows: number, columns: number): Tensor =>
    op.multiply(graph, graph.parameter(`${name}.weight`, [rows, columns], { kind: 'xavier', fanIn: rows, fanOut: columns }), half);
  const bias = (name: string, width: number): Tensor => graph.parameter(`${name}.bias`, [width], { kind: 'constant', value: 0 });
  const [first, second] = names;
  const u = op.add(graph, op.matMul(graph, x, matrix(first, from, hidden)), op.multiply(graph, bias(first, hidden), half));
  const active = op.multiply(graph, u, op.add(graph, op.errorFunction(graph, u), graph.constant(1)));
  return op.add(graph, op.matMul(graph, active, matrix(second, hidden, to)), bias(second, to));
}

/**
 * One block of VideoMAE's encoder (pre-norm attention and MLP, each added to its input).
 * @param x [batch, tokens, width]
 * @param logMask log of each token's soft mask weight, [batch, 1, 1, tokens]: added to the attention that the
 *   token receives, which scales that attention by its weight; absent before the mask
 */
export function encoderBlock(graph: Graph, x: Tensor, width: number, heads: number, logMask?: Tensor): Tensor {
  const attended = graph.scope('attn', () => attention(graph, norm(graph, 'norm', x, width), width, heads, logMask));
  const middle = op.add(graph, x, attended);
  const mlp = graph.scope('mlp', () => twoLayers(graph, ['fc1', 'fc2'], norm(graph, 'norm', middle, width), width, MLP_RATIO * width, width));
  return op.add(graph, middle, mlp);
}

function attention(graph: Graph, x: Tensor, width: number, heads: number, logMask?: Tensor): Tensor {
  const [batch, tokens] = x.dims as [Dim, Dim];
  const depth = width / heads;
  const together = op.reshape(graph, queriesKeysValues(graph, x, width, depth), [batch, tokens, 3, heads, depth]);
  const [q, k, v] = op.split(graph, op.transpose(graph, together, [2, 0, 3, 1, 4]), 0, [1, 1, 1]).map((part) => op.squeeze(graph, part, 0));
  const scores = op.matMul(graph, q!, op.transpose(graph, k!, [0, 1, 3, 2]));
  const weights = op.softmax(graph, logMask === undefined ? scores : op.add(graph, scores, logMask));
  const mixed = op.transpose(graph, op.matMul(graph, weights, v!), [0, 2, 1, 3]);
  return linear(graph, 'proj', op.reshape(graph, mixed, [batch, tokens, width]), width, width);
}

/**
 * All three by one product, [batch, tokens, 3 * width]: their matrices side by side, the queries' already divided by
 * the root of a head's depth. Keys have no bias: it would add the same to all scores of a query (VideoMAE).
 */
function queriesKeysValues(graph: Graph, x: Tensor, width: number, depth: number): Tensor {
  const matrix = (name: string): Tensor => graph.parameter(`${name}.weight`, [width, width], { kind: 'xavier', fanIn: width, fanOut: width });
  const bias = (name: string): Tensor => graph.parameter(`${name}.bias`, [width], { kind: 'constant', value: 0 });
  const scaled = (tensor: Tensor): Tensor => op.multiply(graph, tensor, graph.constant(1 / Math.sqrt(depth)));
  const weights = op.concat(graph, [scaled(matrix('q')), matrix('k'), matrix('v')], 1);
  const none = graph.constant(new Float32Array(width), [width], `zeros.${width}`);
  const biases = op.concat(graph, [scaled(bias('q')), none, bias('v')], 0);
  return op.add(graph, op.matMul(graph, x, weights), biases);
}

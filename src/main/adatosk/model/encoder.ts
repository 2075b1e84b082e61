import type { Graph } from '../graph/graph.ts';
import { Tensor } from '../graph/tensor.ts';
import type { Dim } from '../graph/tensor-type.ts';
import { MLP_RATIO } from './config.ts';

const NORM_EPSILON = 1e-6;

/** Blocks `blocks.FIRST` to `blocks.END` (not included) in sequence. x and the result: [batch, tokens, width]; see `block`. */
export function blocks(x: Tensor, first: number, end: number, heads: number, logMask?: Tensor): Tensor {
  let tokens = x;
  for (let i = first; i < end; i++) tokens = x.graph.scope(`blocks.${i}`, () => block(tokens, heads, logMask));
  return tokens;
}

/**
 * One block of VideoMAE's encoder (pre-norm attention and MLP, each added to its input).
 * @param x [batch, tokens, width]
 * @param logMask log of each token's soft mask weight, [batch, 1, 1, tokens]. It is added to the attention scores of the
 *   token as a key, which scales the attention that the token receives by its weight. Absent before the mask.
 */
function block(x: Tensor, heads: number, logMask?: Tensor): Tensor {
  const { graph } = x;
  const y = x.add(graph.scope('attn', () => attention(layerNorm(x, 'norm'), heads, logMask)));
  return y.add(graph.scope('mlp', () => mlp(layerNorm(y, 'norm'), widthOf(y))));
}

/** Attention of every token to all tokens: x and the result [batch, tokens, width]. */
function attention(x: Tensor, heads: number, logMask?: Tensor): Tensor {
  return linear(attend(queriesKeysValues(x, heads), heads, logMask), 'proj', widthOf(x));
}

/**
 * The values that each token attends to.
 * @param qkv queries, already scaled, keys and values side by side, [batch, tokens, 3 * width]
 * @param logMask see `block`
 * @returns [batch, tokens, width]
 */
export function attend(qkv: Tensor, heads: number, logMask?: Tensor): Tensor {
  const [batch, tokens] = qkv.dims as [Dim, Dim];
  const width = widthOf(qkv) / 3;
  const [q, k, v] = qkv
    .reshape([batch, tokens, 3, heads, width / heads])
    .permute([2, 0, 3, 1, 4])
    .unbind(0) as [Tensor, Tensor, Tensor];
  const scores = q.matMul(k.transpose(-2, -1));
  const attn = (logMask === undefined ? scores : scores.add(logMask)).softmax();
  return attn.matMul(v).transpose(1, 2).reshape([batch, tokens, width]);
}

/**
 * All three as one product, [batch, tokens, 3 * width], with the three matrices side by side. The matrix of the queries is
 * already divided by the square root of a head's width. Keys have no bias, because it would add the same value to all
 * scores of a query (VideoMAE).
 */
function queriesKeysValues(x: Tensor, heads: number): Tensor {
  const { graph } = x;
  const width = widthOf(x);
  const scale = 1 / Math.sqrt(width / heads);
  const [q, k, v] = ['q', 'k', 'v'].map((name) => weight(graph, name, width, width)) as [Tensor, Tensor, Tensor];
  const weights = Tensor.concat([q.mul(scale), k, v], 1);
  const zeros = graph.constant(new Float32Array(width), [width], `zeros.${width}`);
  const biases = Tensor.concat([bias(graph, 'q', width).mul(scale), zeros, bias(graph, 'v', width)], 0);
  return x.matMul(weights).add(biases);
}

/**
 * Two layers, `fc1` and `fc2`, with a GELU between them: x/2 (1 + erf(x/√2)). With u = x/√2 this is u (1 + erf u) / √2.
 * Both factors 1/√2 are multiplied into the matrices, which saves two passes over the hidden layer.
 * @param x [..., from]
 * @returns [..., width]
 */
export function mlp(x: Tensor, width: number, hidden = MLP_RATIO * widthOf(x)): Tensor {
  const { graph } = x;
  const u = x.matMul(weight(graph, 'fc1', widthOf(x), hidden).mul(Math.SQRT1_2)).add(bias(graph, 'fc1', hidden).mul(Math.SQRT1_2));
  const active = u.mul(u.erf().add(1));
  return active.matMul(weight(graph, 'fc2', hidden, width).mul(Math.SQRT1_2)).add(bias(graph, 'fc2', width));
}

/** Linear layer with a learned matrix and bias: x [..., from] gives [..., width]. */
export function linear(x: Tensor, name: string, width: number): Tensor {
  return x.matMul(weight(x.graph, name, widthOf(x), width)).add(bias(x.graph, name, width));
}

/** Layer normalisation of x [..., width] with a learned scale and bias. */
export function layerNorm(x: Tensor, name: string): Tensor {
  const width = widthOf(x);
  const scale = x.graph.parameter(`${name}.weight`, [width], { kind: 'constant', value: 1 });
  return x.layerNorm(scale, bias(x.graph, name, width), NORM_EPSILON);
}

/** A learned matrix, [from, to]: the transpose of PyTorch's layout. */
export function weight(graph: Graph, name: string, from: number, to: number): Tensor {
  return graph.parameter(`${name}.weight`, [from, to], { kind: 'xavier', fanIn: from, fanOut: to });
}

function bias(graph: Graph, name: string, width: number): Tensor {
  return graph.parameter(`${name}.bias`, [width], { kind: 'constant', value: 0 });
}

/** The size of the last axis, which is always known. */
export function widthOf(x: Tensor): number {
  return x.dims.at(-1) as number;
}

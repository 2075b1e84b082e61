/**
 * A reference implementation of the network in plain loops and double precision, directly from the formulas and without the
 * graph builder. Tests compare the graph with it. It is slow and only for small sizes.
 */
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import type { NetworkSize } from '../src/main/adatosk/model/config.ts';
import { FRAMES_PER_CLIP, patchesOf, SLOTS_PER_CLIP, TUBE, tokensKept, tokensOf } from '../src/main/adatosk/model/config.ts';

/** Rows of equal length. */
type Matrix = number[][];
export type Weights = ReadonlyMap<string, { readonly dims: readonly number[]; readonly values: Float32Array }>;

export interface ReferenceOutputs {
  probabilities: number[];
  slotProbabilities: Matrix;
  /** Empty for a model without action units. */
  actionUnits: Matrix;
  classAgnostic: Matrix;
  classSemantic: Matrix;
  final: Matrix;
  similarity: Matrix;
  /** Indices of the kept tokens, best first. */
  kept: number[];
}

/** @param clip [16, side, side, 3], 0..1 */
export function referenceNetwork(size: NetworkSize, weights: Weights, clip: ArrayLike<number>, budget: number): ReferenceOutputs {
  const vector = (name: string): number[] => [...weights.get(name)!.values];
  const scalar = (name: string): number => vector(name)[0]!;
  const matrix = (name: string): Matrix => {
    const { dims, values } = weights.get(name)!;
    return Array.from({ length: dims[0]! }, (_, i) => [...values.subarray(i * dims[1]!, (i + 1) * dims[1]!)]);
  };
  const linear = (x: Matrix, name: string): Matrix => addRow(multiply(x, matrix(`${name}.weight`)), vector(`${name}.bias`));
  const norm = (x: Matrix, name: string): Matrix => x.map((row) => layerNorm(row, vector(`${name}.weight`), vector(`${name}.bias`)));

  const block = (x: Matrix, name: string, mask?: number[]): Matrix => {
    const h = norm(x, `${name}.attn.norm`);
    const [q, k, v] = [linear(h, `${name}.attn.q`), multiply(h, matrix(`${name}.attn.k.weight`)), linear(h, `${name}.attn.v`)];
    const depth = size.width / size.heads;
    const mixed = x.map(() => new Array<number>(size.width).fill(0));
    for (let head = 0; head < size.heads; head++) {
      const part = (row: number[]): number[] => row.slice(head * depth, (head + 1) * depth);
      for (let i = 0; i < x.length; i++) {
        const scores = k.map((row, j) => dot(part(q[i]!), part(row)) / Math.sqrt(depth) + (mask === undefined ? 0 : Math.log(mask[j]! + 1e-6)));
        const shares = softmax(scores);
        for (let d = 0; d < depth; d++) mixed[i]![head * depth + d] = v.reduce((sum, row, j) => sum + shares[j]! * row[head * depth + d]!, 0);
      }
    }
    const middle = addMatrix(x, linear(mixed, `${name}.attn.proj`));
    const hidden = linear(norm(middle, `${name}.mlp.norm`), `${name}.mlp.fc1`).map((row) => row.map(gelu));
    return addMatrix(middle, linear(hidden, `${name}.mlp.fc2`));
  };

  const place = positions(tokensOf(size), size.width);
  let x = addMatrix(linear(tubes(size, clip), 'patch_embed.proj'), place);
  for (let i = 0; i < size.blocksBeforeMask; i++) x = block(x, `blocks.${i}`);

  const z = norm(
    x.map((row, i) => row.map((value, d) => value - place[i]![d]!)),
    'mask.norm',
  );
  const places = patchesOf(size);
  const at = (t: number, n: number): number[] => z[t * places + n]!;
  const grid = (value: (t: number, n: number) => number): Matrix =>
    Array.from({ length: SLOTS_PER_CLIP }, (_, t) => Array.from({ length: places }, (__, n) => value(t, n)));
  const step = (t: number, n: number): number => Math.sqrt(mean(at(t, n).map((value, i) => (value - at(t - 1, n)[i]!) ** 2)) + 1e-6);
  const change = grid((t, n) => (t === 0 ? step(1, n) : t === SLOTS_PER_CLIP - 1 ? step(t, n) : (step(t, n) + step(t + 1, n)) / 2));
  const usual = mean(change.flat()) + softplus(scalar('mask.agnostic.floor'));
  const classAgnostic = change.map((row) => row.map((d) => d / (d + usual)));

  const embeddings = matrix('mask.semantic.class_embeddings');
  const classes = EXPRESSIONS.map((_, c) => unit(embeddings.map((row) => row[c]!)));
  const units = z.map(unit);
  const likeness = (t: number, n: number): number[] => classes.map((e) => dot(units[t * places + n]!, e));
  const said = (t: number, n: number): number =>
    t === 0 ? said(1, n) : mean(Array.from({ length: t }, (_, before) => dot(units[t * places + n]!, units[before * places + n]!)));
  const classSemantic = grid((t, n) => {
    const s = likeness(t, n);
    const beyond = s.filter((_, c) => EXPRESSIONS[c] !== 'neutral').map((value) => value - s[EXPRESSIONS.indexOf('neutral')]!);
    const support = dot(softmax(beyond.map((value) => value / 0.1)), beyond);
    const news = support - softplus(scalar('mask.semantic.discount')) * said(t, n);
    return sigmoid(softplus(scalar('mask.semantic.gain')) * news + scalar('mask.semantic.bias'));
  });
  const w = sigmoid(scalar('mask.balance'));
  const final = grid((t, n) => w * classAgnostic[t]![n]! + (1 - w) * classSemantic[t]![n]!);
  const similarity = Array.from({ length: SLOTS_PER_CLIP }, (_, t) =>
    EXPRESSIONS.map((__, c) => mean(Array.from({ length: places }, (___, n) => likeness(t, n)[c]!))),
  );

  const flat = final.flat();
  const kept = flat
    .map((_, i) => i)
    .sort((a, b) => flat[b]! - flat[a]! || a - b)
    .slice(0, tokensKept(size, budget));
  x = kept.map((i) => x[i]!);
  const mask = kept.map((i) => flat[i]!);
  for (let i = size.blocksBeforeMask; i < size.blocks; i++) x = block(x, `blocks.${i}`, mask);

  const total = mask.reduce((sum, value) => sum + value, 0);
  const pooled = [Array.from({ length: size.width }, (_, d) => x.reduce((sum, row, i) => sum + (mask[i]! / total) * row[d]!, 0))];
  const logits = linear(
    linear(norm(pooled, 'head.norm'), 'head.fc1').map((row) => row.map(gelu)),
    'head.fc2',
  )[0]!;
  const slotOf = (i: number): number => Math.floor(i / patchesOf(size));
  const features = similarity.map((_, slot) => {
    const members = kept.flatMap((token, i) => (slotOf(token) === slot ? [i] : []));
    const sum = members.reduce((all, i) => all + mask[i]!, 0) + 1e-6;
    const average = Array.from({ length: size.width }, (__, d) => members.reduce((all, i) => all + mask[i]! * x[i]![d]!, 0) / sum);
    return norm([average], 'head.slot_norm')[0]!;
  });
  const own = linear(features, 'head.slot');
  const clipShare = softplus(scalar('head.slot_share'));
  const usualSimilarity = EXPRESSIONS.map((_, c) => mean(similarity.map((row) => row[c]!)));
  const tilt = softplus(scalar('head.slot_tilt'));
  return {
    probabilities: softmax(logits),
    slotProbabilities: similarity.map((row, slot) => softmax(row.map((s, c) => clipShare * logits[c]! + own[slot]![c]! + tilt * (s - usualSimilarity[c]!)))),
    classAgnostic,
    classSemantic,
    final,
    similarity,
    actionUnits: weights.has('units.fc.bias') ? linear(features, 'units.fc').map((row) => row.map(sigmoid)) : [],
    kept,
  };
}

/** Normalised pixels of each tube, slot by slot, row by row: [tokens, 2 * 16 * 16 * 3]. */
function tubes(size: NetworkSize, clip: ArrayLike<number>): Matrix {
  const mean = [0.485, 0.456, 0.406];
  const deviation = [0.229, 0.224, 0.225];
  const cells = size.cropSide / TUBE.side;
  const rows: Matrix = [];
  for (let slot = 0; slot < FRAMES_PER_CLIP / TUBE.frames; slot++) {
    for (let cy = 0; cy < cells; cy++) {
      for (let cx = 0; cx < cells; cx++) {
        const row: number[] = [];
        for (let frame = 0; frame < TUBE.frames; frame++)
          for (let y = 0; y < TUBE.side; y++)
            for (let x = 0; x < TUBE.side; x++)
              for (let c = 0; c < 3; c++) {
                const at = (((slot * TUBE.frames + frame) * size.cropSide + cy * TUBE.side + y) * size.cropSide + cx * TUBE.side + x) * 3 + c;
                row.push((clip[at]! - mean[c]!) / deviation[c]!);
              }
        rows.push(row);
      }
    }
  }
  return rows;
}

function positions(count: number, width: number): Matrix {
  return Array.from({ length: count }, (_, p) =>
    Array.from({ length: width }, (__, i) => {
      const angle = p / Math.pow(10000, (i - (i % 2)) / width);
      return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }),
  );
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.log1p(Math.exp(x));
const multiply = (a: Matrix, b: Matrix): Matrix => {
  const columns = b[0]!.map((_, j) => b.map((row) => row[j]!));
  return a.map((row) => columns.map((column) => dot(row, column)));
};
const addRow = (a: Matrix, row: number[]): Matrix => a.map((each) => each.map((value, i) => value + row[i]!));
const addMatrix = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((value, j) => value + b[i]![j]!));
const unit = (row: number[]): number[] => row.map((value) => value / Math.sqrt(dot(row, row) + 1e-6));

function softmax(values: number[]): number[] {
  const top = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function layerNorm(row: number[], scale: number[], bias: number[]): number[] {
  const middle = mean(row);
  const deviation = Math.sqrt(mean(row.map((value) => (value - middle) ** 2)) + 1e-6);
  return row.map((value, i) => ((value - middle) / deviation) * scale[i]! + bias[i]!);
}

/** x Φ(x), with erf from its series (|x| < 3) or its continued fraction (otherwise), accurate to 1e-12. */
function gelu(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2));
}

export function erf(x: number): number {
  if (Math.abs(x) < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (Math.abs(x) + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (Math.abs(x) + fraction));
}

import { EXPRESSIONS } from '../../shared/expressions.ts';
import { decode, reconstructionTarget } from './decoder.ts';
import type { Graph, Parameter } from './graph.ts';
import type { WeighedTokens } from './network.ts';
import { classify, embedTubes, encode, keepTokens, logMaskOf, positionsOf, slotLogits, slotsOfTokens, tubesOf } from './network.ts';
import * as op from './operations.ts';
import type { DecoderSize, NetworkSize } from './sizes.ts';
import { FRAMES_PER_CLIP, SLOTS_PER_CLIP, tokensOf } from './sizes.ts';
import type { SoftMask } from './soft-mask.ts';
import { softMask, SUPPORT_TEMPERATURE } from './soft-mask.ts';
import type { Tensor, TensorType } from './tensor.ts';

/** Pixels come as bytes: a quarter of the memory, and a quarter of the copying. */
const BYTE = 255;

/** What one kind of training step computes. Every shape but the number of kept tokens is fixed by it. */
export interface StepSettings {
  readonly size: NetworkSize;
  readonly decoder: DecoderSize;
  /** Clips in one micro-batch. */
  readonly clips: number;
  /** Tokens that the hard mask leaves visible; with classification the same places in all slots (a tube mask). */
  readonly visibleTokens: number;
  /** Hidden tokens that are reconstructed; the decoder sees no other (VideoMAE V2's second mask: half of them teach as much). */
  readonly decodedTokens: number;
  /** Lambda: weight of the reconstruction loss; 0 leaves the decoder out. */
  readonly reconstruction: number;
  /** Weight of the classification losses, the soft mask's included; 0 leaves both out (self-supervised warm-up). */
  readonly classification: number;
  /** 'soft' weighs every visible token; 'drop' drops those below the budget, as inference does. Only 'soft' can reconstruct. */
  readonly masking: 'soft' | 'drop';
  /** Which parameters learn. */
  readonly learns: 'all' | 'head';
}

/** Weights of the smaller terms, next to 1 for the clip's cross-entropy; ours (docs/adatosk.md). */
const TERMS = { slots: 0.5, semantic: 0.2, budget: 2 } as const;

/** The losses that a step reports; those that its settings leave out are absent. */
export type LossName = 'loss' | 'reconstruction' | 'classification' | 'slots' | 'semantic' | 'budget';

/**
 * What a step reads of one micro-batch.
 * clip [clips, 16, side, side, 3] RGB bytes. visible and hidden [clips, n, 1]: token indices, slot-major;
 * hidden names those that are reconstructed. labels
 * [clips, 7]: shares that add up to 1, or to 0 where the class is unknown; slotLabels [clips, 8, 7] likewise.
 * tokenBudget [1]: the share that is kept where tokens are dropped, and the mean that the final mask is held to.
 */
export type DataName = 'clip' | 'visible' | 'hidden' | 'labels' | 'slotLabels' | 'tokenBudget';

/** Types of what these settings read, in an order that stays. */
export function dataTypes(settings: StepSettings): Map<DataName, TensorType> {
  const { size, clips, visibleTokens } = settings;
  const types = new Map<DataName, TensorType>();
  types.set('clip', { type: 'uint8', dims: [clips, FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3] });
  if (visibleTokens < tokensOf(size)) types.set('visible', { type: 'int64', dims: [clips, visibleTokens, 1] });
  if (settings.reconstruction > 0) types.set('hidden', { type: 'int64', dims: [clips, settings.decodedTokens, 1] });
  if (settings.classification > 0) {
    types.set('labels', { type: 'float32', dims: [clips, EXPRESSIONS.length] });
    types.set('slotLabels', { type: 'float32', dims: [clips, SLOTS_PER_CLIP, EXPRESSIONS.length] });
    types.set('tokenBudget', { type: 'float32', dims: [1] });
  }
  return types;
}

/**
 * Declares what these settings read as inputs of a graph.
 * @param leading sizes before those of one micro-batch: [microBatches], or [steps, microBatches]
 */
export function stepInputs(graph: Graph, settings: StepSettings, leading: readonly number[] = []): Map<DataName, Tensor> {
  return new Map([...dataTypes(settings)].map(([name, { type, dims }]) => [name, graph.input(name, [...leading, ...dims], type)]));
}

export interface StepLoss {
  readonly losses: ReadonlyMap<LossName, Tensor>;
  /** Normalised pixels of the hidden tubes as the decoder draws them, [clips, decodedTokens, 1536]; absent without reconstruction. */
  readonly drawn: Tensor | undefined;
}

/** Only the classification branch's own parameters: what a small set can teach. */
function isHead(parameter: string): boolean {
  return parameter.startsWith('head.');
}

/** The parameters of a graph that learn under these settings. */
export function learningParameters(graph: Graph, settings: StepSettings): Parameter[] {
  return [...graph.parameters.values()].filter(({ tensor }) => settings.learns === 'all' || isHead(tensor.name));
}

/**
 * The forward pass of one micro-batch: hard mask, encoder, soft mask, decoder, and the loss with its terms (scalars,
 * means over the clips).
 */
export function stepLoss(graph: Graph, settings: StepSettings, data: ReadonlyMap<DataName, Tensor>): StepLoss {
  const { size, decoder } = settings;
  const tubes = tubesOf(graph, data.get('clip')!, size);
  const visible = data.get('visible');
  const positions = visible === undefined ? positionsOf(graph, size) : op.lookUp(graph, flatPositions(graph, size, size.width), visible);
  const seen = op.cast(graph, visible === undefined ? tubes : op.gatherRows(graph, tubes, visible), 'float32');
  const embedded = op.add(graph, embedTubes(graph, op.multiply(graph, seen, graph.constant(1 / BYTE)), size), positions);
  const early = encode(graph, embedded, 0, size.blocksBeforeMask, size);
  const terms: Terms = new Map();
  const classified = settings.classification > 0 ? classificationBranch(graph, settings, data, early, positions, terms) : undefined;
  let drawn: Tensor | undefined;
  if (settings.reconstruction > 0) {
    const latent = classified ?? encode(graph, early, size.blocksBeforeMask, size.blocks, size);
    const hidden = data.get('hidden')!;
    drawn = decode(graph, latent, flatPositions(graph, size, decoder.width), visible!, hidden, size, decoder);
    const target = reconstructionTarget(graph, op.cast(graph, op.gatherRows(graph, tubes, hidden), 'float32'));
    const error = op.subtract(graph, drawn, target);
    terms.set('reconstruction', { value: op.reduceMean(graph, op.multiply(graph, error, error), [0, 1, 2]), weight: settings.reconstruction });
  }
  const total = [...terms.values()].map(({ value, weight }) => op.multiply(graph, value, graph.constant(weight))).reduce((a, b) => op.add(graph, a, b));
  return { losses: new Map([['loss' as LossName, total], ...[...terms].map(([name, { value }]) => [name, value] as const)]), drawn };
}

type Terms = Map<LossName, { readonly value: Tensor; readonly weight: number }>;

/** Adds the classification terms; gives the tokens after the last block. */
function classificationBranch(
  graph: Graph,
  settings: StepSettings,
  data: ReadonlyMap<DataName, Tensor>,
  early: Tensor,
  positions: Tensor,
  terms: Terms,
): Tensor {
  const { size, classification } = settings;
  const [budget, labels, slotLabels] = [data.get('tokenBudget')!, data.get('labels')!, data.get('slotLabels')!];
  const mask = graph.scope('mask', () => softMask(graph, early, positions, size.width, EXPRESSIONS.length));
  const { tokens, weights, logMask, slots } = masked(graph, settings, early, mask, budget);
  const latent = encode(graph, tokens, size.blocksBeforeMask, size.blocks, size, logMask);
  const logits = classify(graph, latent, weights, size);
  const add = (name: LossName, value: Tensor, weight: number): unknown => terms.set(name, { value, weight: classification * weight });
  add('classification', crossEntropy(graph, logits, labels), 1);
  add('slots', crossEntropy(graph, slotLogits(graph, logits, mask.similarity, { latent, weights, slots }, size), slotLabels), TERMS.slots);
  if (settings.learns === 'all') {
    const likeness = op.multiply(graph, op.reduceMean(graph, mask.similarity, [1]), graph.constant(1 / SUPPORT_TEMPERATURE));
    add('semantic', crossEntropy(graph, likeness, labels), TERMS.semantic);
    add('budget', budgetTerm(graph, mask, budget), TERMS.budget);
  }
  return latent;
}

function masked(
  graph: Graph,
  settings: StepSettings,
  early: Tensor,
  mask: SoftMask,
  budget: Tensor,
): Pick<WeighedTokens, 'weights' | 'slots'> & { tokens: Tensor; logMask: Tensor } {
  const { size, clips, visibleTokens } = settings;
  if (settings.masking === 'drop') {
    if (visibleTokens < tokensOf(size) || settings.reconstruction > 0)
      throw new Error('tokens are dropped only where all are visible and none is reconstructed');
    return keepTokens(graph, early, mask.final, budget, size);
  }
  const weights = op.reshape(graph, mask.final, [clips, visibleTokens]);
  const places = visibleTokens / SLOTS_PER_CLIP;
  const slots = graph.constant(slotsOfTokens(places), [1, visibleTokens, SLOTS_PER_CLIP], `slots.${places}`);
  return { tokens: early, weights, logMask: logMaskOf(graph, weights), slots };
}

/** (mean of the final mask - budget)², each clip's: keeps the mask's mean near the share of tokens that is kept. */
function budgetTerm(graph: Graph, mask: SoftMask, budget: Tensor): Tensor {
  const excess = op.subtract(graph, op.reduceMean(graph, mask.final, [1, 2]), budget);
  return op.reduceMean(graph, op.multiply(graph, excess, excess), [0]);
}

/** Mean over all but the last axis of -sum labels log softmax(logits); a row of zeros counts as none. */
function crossEntropy(graph: Graph, logits: Tensor, labels: Tensor): Tensor {
  const last = logits.dims.length - 1;
  const log = op.logSoftmax(graph, logits);
  const sums = op.reduceSum(graph, op.multiply(graph, labels, log), [last]);
  return op.negate(
    graph,
    op.reduceMean(
      graph,
      sums,
      sums.dims.map((_, axis) => axis),
    ),
  );
}

function flatPositions(graph: Graph, size: NetworkSize, width: number): Tensor {
  const all = positionsOf(graph, size, width);
  return op.reshape(graph, all, [tokensOf(size), width]);
}

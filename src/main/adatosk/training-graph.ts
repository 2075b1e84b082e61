import { EXPRESSIONS } from '../../shared/expressions.ts';
import { decode, reconstructionTarget } from './decoder.ts';
import { gradientsOf } from './gradients.ts';
import type { Parameter } from './graph.ts';
import { Graph } from './graph.ts';
import { classify, embedTubes, encode, keepTokens, logMaskOf, positionsOf, slotLogits, tubesOf } from './network.ts';
import * as op from './operations.ts';
import type { DecoderSize, NetworkSize } from './sizes.ts';
import { FRAMES_PER_CLIP, SLOTS_PER_CLIP, placesOf, tokensOf } from './sizes.ts';
import type { SoftMask } from './soft-mask.ts';
import { softMask } from './soft-mask.ts';
import type { Tensor } from './tensor.ts';

/** What one kind of training step computes. Every shape but the number of kept tokens is fixed by it. */
export interface StepSettings {
  readonly size: NetworkSize;
  readonly decoder: DecoderSize;
  /** Clips in one run of the graph (a micro-batch). */
  readonly clips: number;
  /** Places of each slot that the hard mask leaves visible (a tube mask: the same ones in all slots). */
  readonly visiblePlaces: number;
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
export const TERMS = { slots: 0.5, semantic: 0.2, budget: 2, probabilityTemperature: 0.1 } as const;

export const STEP_INPUTS = {
  clip: 'clip',
  visible: 'visible',
  hidden: 'hidden',
  labels: 'labels',
  slotLabels: 'slot_labels',
  tokenBudget: 'token_budget',
} as const;
export const STEP_OUTPUTS = {
  loss: 'loss',
  reconstruction: 'loss_reconstruction',
  classification: 'loss_classification',
  slots: 'loss_slots',
  semantic: 'loss_semantic',
  budget: 'loss_budget',
  logits: 'logits',
} as const;

/** Name of the output that holds a parameter's gradient. */
export function gradientName(parameter: string): string {
  return `gradient.${parameter}`;
}

/** Only the classification branch's own parameters: what a small set can teach. */
export function isHead(parameter: string): boolean {
  return parameter.startsWith('head.');
}

export interface StepGraph {
  readonly graph: Graph;
  /** The parameters that learn; all are inputs of the graph under their names. */
  readonly learning: readonly Parameter[];
}

/**
 * Forward and backward pass of one micro-batch.
 *
 * Inputs: all parameters by name; `clip` [clips, 16, side, side, 3], RGB in 0..1; `visible` [clips, 8 * visiblePlaces, 1]
 * int64, token indices, slot-major, the same places in each slot; `hidden` [clips, the rest, 1] int64 where there is
 * reconstruction; `labels` [clips, 7], shares that add up to 1, or to 0 where unknown; `slot_labels` [clips, 8, 7]
 * likewise; `token_budget` [1] where tokens are dropped, and always the mean that the final mask is held to.
 * Outputs: the loss and its terms (scalars, means over the clips), `logits` [clips, 7], and `gradient.NAME` for each
 * parameter that learns.
 */
export function buildStepGraph(settings: StepSettings, withGradients = true): StepGraph {
  const graph = new Graph(`adatosk-${settings.size.name}-step`);
  const terms = forward(graph, settings);
  const total = [...terms].map(([, { value, weight }]) => op.multiply(graph, value, graph.constant(weight))).reduce((a, b) => op.add(graph, a, b));
  let norm: Tensor | undefined;
  const learning = [...graph.parameters.values()].filter(({ tensor }) => settings.learns === 'all' || isHead(tensor.name));
  if (withGradients) {
    const wanted = learning.map(({ tensor }) => tensor);
    const gradients = gradientsOf(graph, total, wanted);
    norm = squaredNorm(graph, gradients.reverse());
    gradients.reverse().forEach((gradient, i) => graph.output(gradientName(wanted[i]!.name), gradient));
  }
  for (const [name, { value }] of terms) graph.output(name, value);
  graph.output(STEP_OUTPUTS.loss, total);
  if (norm) graph.output('norm', norm);
  return { graph, learning };
}

type Terms = Map<string, { readonly value: Tensor; readonly weight: number }>;

function forward(graph: Graph, settings: StepSettings): Terms {
  const { size, decoder, clips, visiblePlaces } = settings;
  const clip = graph.input(STEP_INPUTS.clip, [clips, FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3]);
  const visible = graph.input(STEP_INPUTS.visible, [clips, SLOTS_PER_CLIP * visiblePlaces, 1], 'int64');
  const tubes = tubesOf(graph, clip, size);
  const everything = visiblePlaces === placesOf(size);
  const positions = everything ? positionsOf(graph, size) : op.lookUp(graph, flatPositions(graph, size, size.width), visible);
  const seen = everything ? tubes : op.gatherRows(graph, tubes, visible);
  const embedded = op.add(graph, embedTubes(graph, seen, size), positions);
  const early = encode(graph, embedded, 0, size.blocksBeforeMask, size);
  const terms: Terms = new Map();
  let latent: Tensor;
  if (settings.classification > 0) latent = classificationBranch(graph, settings, early, positions, terms);
  else latent = encode(graph, early, size.blocksBeforeMask, size.blocks, size);
  if (settings.reconstruction > 0) {
    const hidden = graph.input(STEP_INPUTS.hidden, [clips, tokensOf(size) - SLOTS_PER_CLIP * visiblePlaces, 1], 'int64');
    const drawn = decode(graph, latent, flatPositions(graph, size, decoder.width), visible, hidden, size, decoder);
    const error = op.subtract(graph, drawn, reconstructionTarget(graph, op.gatherRows(graph, tubes, hidden)));
    terms.set(STEP_OUTPUTS.reconstruction, { value: op.reduceMean(graph, op.multiply(graph, error, error), [0, 1, 2]), weight: settings.reconstruction });
  }
  return terms;
}

/** Adds the classification terms; gives the tokens after the last block. */
function classificationBranch(graph: Graph, settings: StepSettings, early: Tensor, positions: Tensor, terms: Terms): Tensor {
  const { size, clips, classification } = settings;
  const budget = graph.input(STEP_INPUTS.tokenBudget, [1]);
  const labels = graph.input(STEP_INPUTS.labels, [clips, EXPRESSIONS.length]);
  const slotLabels = graph.input(STEP_INPUTS.slotLabels, [clips, SLOTS_PER_CLIP, EXPRESSIONS.length]);
  const mask = graph.scope('mask', () => softMask(graph, early, positions, size.width, EXPRESSIONS.length));
  const { tokens, weights, logMask } = masked(graph, settings, early, mask, budget);
  const latent = encode(graph, tokens, size.blocksBeforeMask, size.blocks, size, logMask);
  const logits = classify(graph, latent, weights, size);
  const clipLikeness = op.multiply(graph, op.reduceMean(graph, mask.similarity, [1]), graph.constant(1 / TERMS.probabilityTemperature));
  const add = (name: string, value: Tensor, weight: number): unknown => terms.set(name, { value, weight: classification * weight });
  add(STEP_OUTPUTS.classification, crossEntropy(graph, logits, labels), 1);
  add(STEP_OUTPUTS.slots, crossEntropy(graph, slotLogits(graph, logits, mask.similarity), slotLabels), TERMS.slots);
  if (settings.learns === 'all') {
    add(STEP_OUTPUTS.semantic, crossEntropy(graph, clipLikeness, labels), TERMS.semantic);
    add(STEP_OUTPUTS.budget, budgetTerm(graph, mask, budget), TERMS.budget);
  }
  graph.output(STEP_OUTPUTS.logits, logits);
  return latent;
}

function masked(graph: Graph, settings: StepSettings, early: Tensor, mask: SoftMask, budget: Tensor): { tokens: Tensor; weights: Tensor; logMask: Tensor } {
  const { size, clips, visiblePlaces } = settings;
  if (settings.masking === 'drop') {
    if (visiblePlaces !== placesOf(size) || settings.reconstruction > 0)
      throw new Error('tokens are dropped only where all are visible and none is reconstructed');
    return keepTokens(graph, early, mask.final, budget, size);
  }
  const weights = op.reshape(graph, mask.final, [clips, SLOTS_PER_CLIP * visiblePlaces]);
  return { tokens: early, weights, logMask: logMaskOf(graph, weights) };
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

function squaredNorm(graph: Graph, gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((g) => op.reduceSum(graph, op.multiply(graph, g, g), g.dims.map((_, i) => i)));
  return squares.reduce((a, b) => op.add(graph, a, b));
}

import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { decode, reconstructionTarget } from './decoder.ts';
import { linear, norm } from './encoder.ts';
import type { Graph, Parameter } from '../graph/graph.ts';
import type { WeighedTokens } from './adatosk.ts';
import { classify, embedTubes, encode, keepTokens, logMaskOf, positionsOf, slotFeatures, slotLogits, slotsOfTokens, tubesOf } from './adatosk.ts';
import * as op from '../graph/ops.ts';
import type { DecoderSize, NetworkSize } from './config.ts';
import { FRAMES_PER_CLIP, placesOf, SLOTS_PER_CLIP, tokensOf, TUBE } from './config.ts';
import type { SoftMask } from './soft-mask.ts';
import { softMask, SUPPORT_TEMPERATURE } from './soft-mask.ts';
import type { Tensor, TensorType } from '../graph/tensor.ts';

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
  /** Action units that are told for each slot, beside its class; 0 where the set does not know them. */
  readonly units: number;
  /** Weight of the classification losses, the soft mask's included; 0 leaves both out (self-supervised warm-up). */
  readonly classification: number;
  /**
   * 'soft' weighs every visible token; 'drop' drops those below the budget, as inference does. Only 'soft' can
   * reconstruct. 'still' reads a single slot of each clip, all of its places and without a mask: an eighth of the work,
   * in which the encoder learns what faces look like before it learns how they change.
   */
  readonly masking: 'soft' | 'drop' | 'still';
  /** Which parameters learn. */
  readonly learns: 'all' | 'head';
}

/** Weights of the smaller terms, next to 1 for the clip's cross-entropy; ours (docs/developer/network.md). */
const TERMS = { slots: 0.5, units: 4, semantic: 0.5, budget: 2 } as const;

/** The losses that a step reports; those that its settings leave out are absent. */
export type LossName = 'loss' | 'reconstruction' | 'classification' | 'slots' | 'units' | 'places' | 'semantic' | 'budget';

/**
 * What a step reads of one micro-batch.
 * clip [clips, 16, side, side, 3] RGB bytes. visible and hidden [clips, n, 1]: token indices, slot-major;
 * hidden names those that are reconstructed. labels
 * [clips, 7]: shares that add up to 1, or to 0 where the class is unknown; slotLabels [clips, 8, 7] likewise.
 * slotUnits [clips, 8, units]: strength of each action unit, 0 to 1; unitsKnown [clips, 1, 1]: 1, or 0 for a clip of
 * which they are not known. tokenBudget [1]: the share that is kept where tokens are dropped, and the mean that the final mask is held to.
 */
export type DataName = 'clip' | 'visible' | 'hidden' | 'labels' | 'slotLabels' | 'slotUnits' | 'unitsKnown' | 'tokenBudget';

/** Types of what these settings read, in an order that stays. */
export function dataTypes(settings: StepSettings): Map<DataName, TensorType> {
  const { size, clips, visibleTokens } = settings;
  const still = settings.masking === 'still';
  const types = new Map<DataName, TensorType>();
  types.set('clip', { type: 'uint8', dims: [clips, still ? TUBE.frames : FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3] });
  if (visibleTokens < tokensOf(size)) types.set('visible', { type: 'int64', dims: [clips, visibleTokens, 1] });
  if (settings.reconstruction > 0) types.set('hidden', { type: 'int64', dims: [clips, settings.decodedTokens, 1] });
  if (settings.classification > 0) {
    types.set('labels', { type: 'float32', dims: [clips, EXPRESSIONS.length] });
    if (settings.units > 0) {
      types.set('slotUnits', { type: 'float32', dims: [clips, still ? 1 : SLOTS_PER_CLIP, settings.units] });
      types.set('unitsKnown', { type: 'float32', dims: [clips, 1, 1] });
    }
    if (still) return types;
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
  return ['head.', 'units.', 'places.'].some((part) => parameter.startsWith(part));
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
  if (settings.masking === 'still') return stillLoss(graph, settings, data);
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
  return { losses: lossesOf(graph, terms), drawn };
}

/** The forward pass of single slots: embedding, all blocks without a mask, the head, the action units. */
function stillLoss(graph: Graph, settings: StepSettings, data: ReadonlyMap<DataName, Tensor>): StepLoss {
  const { size, clips, classification } = settings;
  const places = placesOf(size);
  const positions = op.lookUp(graph, flatPositions(graph, size, size.width), data.get('visible')!);
  const seen = op.cast(graph, tubesOf(graph, data.get('clip')!, size, 1), 'float32');
  const embedded = op.add(graph, embedTubes(graph, op.multiply(graph, seen, graph.constant(1 / BYTE)), size), positions);
  const latent = encode(graph, embedded, 0, size.blocks, size);
  const weights = graph.constant(new Float32Array(clips * places).fill(1), [clips, places], `still.${clips}`);
  const slots = graph.constant(new Float32Array(places).fill(1), [1, places, 1], 'still.slots');
  const terms: Terms = new Map();
  const logits = classify(graph, latent, weights, size);
  const labels = data.get('labels')!;
  const features = slotFeatures(graph, { latent, weights, slots }, size);
  // Without a soft mask there is no similarity, and nothing for it to depart from.
  const classes = EXPRESSIONS.length;
  const similarity = graph.constant(new Float32Array(clips * classes), [clips, 1, classes], `still.similarity.${clips}`);
  const slotLabels = op.reshape(graph, labels, [clips, 1, classes]);
  terms.set('classification', { value: crossEntropy(graph, logits, labels), weight: classification });
  terms.set('slots', { value: crossEntropy(graph, slotLogits(graph, logits, similarity, features, size), slotLabels), weight: classification * TERMS.slots });
  const units = unitsOf(data);
  if (units !== undefined) {
    terms.set('units', { value: unitsTerm(graph, features, units, size), weight: classification * TERMS.units });
    terms.set('places', { value: placesTerm(graph, latent, units, size), weight: classification * TERMS.units });
  }
  return { losses: lossesOf(graph, terms), drawn: undefined };
}

function lossesOf(graph: Graph, terms: Terms): Map<LossName, Tensor> {
  const total = [...terms.values()].map(({ value, weight }) => op.multiply(graph, value, graph.constant(weight))).reduce((a, b) => op.add(graph, a, b));
  return new Map([['loss' as LossName, total], ...[...terms].map(([name, { value }]) => [name, value] as const)]);
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
  const features = slotFeatures(graph, { latent, weights, slots }, size);
  add('slots', crossEntropy(graph, slotLogits(graph, logits, mask.similarity, features, size), slotLabels), TERMS.slots);
  const units = unitsOf(data);
  if (units !== undefined) add('units', unitsTerm(graph, features, units, size), TERMS.units);
  if (settings.learns === 'all') {
    add('semantic', semanticTerm(graph, mask, labels, slotLabels), TERMS.semantic);
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

/** Action units of each slot and the clips of which they are known. */
interface Units {
  readonly strengths: Tensor;
  readonly known: Tensor;
}

function unitsOf(data: ReadonlyMap<DataName, Tensor>): Units | undefined {
  const [strengths, known] = [data.get('slotUnits'), data.get('unitsKnown')];
  return strengths === undefined || known === undefined ? undefined : { strengths, known };
}

/**
 * What the slots' features say of the face's action units, one sigmoid each: mean cross-entropy over clips, slots and
 * units, softplus(z) - y z. A head of training alone, as the decoder is: units say where in a face a class shows,
 * which the class itself tells only after many more clips.
 */
function unitsTerm(graph: Graph, features: Tensor, units: Units, size: NetworkSize): Tensor {
  return sigmoidEntropy(
    graph,
    graph.scope('units', () => linear(graph, 'fc', features, size.width, units.strengths.dims[2] as number)),
    units,
  );
}

/** Mean of softplus(z) - y z: cross-entropy of a sigmoid with a share y; clips of which y is not known count as none. */
function sigmoidEntropy(graph: Graph, logits: Tensor, { strengths, known }: Units): Tensor {
  const entropy = op.subtract(graph, op.softplus(graph, logits), op.multiply(graph, strengths, logits));
  return op.reduceMean(graph, op.multiply(graph, entropy, known), [0, 1, 2]);
}

/**
 * The same from all tokens of a still, each place read by weights of its own. The mean over places forgets where
 * something is until the tokens say it themselves; this term tells each token from the first step on what to say.
 */
function placesTerm(graph: Graph, latent: Tensor, told: Units, size: NetworkSize): Tensor {
  const [clips, , units] = told.strengths.dims as [number, number, number];
  const values = placesOf(size) * size.width;
  // A part of its own: the vectors of a part are learned together or not at all, and other phases have no places.
  const logits = graph.scope('places', () => {
    const tokens = op.reshape(graph, norm(graph, 'norm', latent, size.width), [clips, values]);
    return op.reshape(graph, linear(graph, 'fc', tokens, values, units), [clips, 1, units]);
  });
  return sigmoidEntropy(graph, logits, told);
}

/**
 * What gives the class embeddings their meaning: cross-entropy of similarity / 0.1, of the clip's mean and of each slot.
 * The slots' part, where their labels are known, is what tells an apex from the rest before and after it.
 */
function semanticTerm(graph: Graph, mask: SoftMask, labels: Tensor, slotLabels: Tensor): Tensor {
  const sharp = op.multiply(graph, mask.similarity, graph.constant(1 / SUPPORT_TEMPERATURE));
  return op.add(graph, crossEntropy(graph, op.reduceMean(graph, sharp, [1]), labels), crossEntropy(graph, sharp, slotLabels));
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

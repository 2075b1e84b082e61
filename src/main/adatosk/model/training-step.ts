import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { Graph, Parameter } from '../graph/graph.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { TensorType } from '../graph/tensor-type.ts';
import type { DecoderSize, NetworkSize } from './config.ts';
import { FRAMES_PER_CLIP, patchesOf, SLOTS_PER_CLIP, tokensOf, TUBE } from './config.ts';
import { decode, reconstructionTarget } from './decoder.ts';
import { blocks } from './encoder.ts';
import { classify, slotFeatures, slotLogits } from './head.ts';
import type { ActionUnits } from './losses.ts';
import { budgetLoss, crossEntropy, meanSquaredError, patchUnitsLoss, semanticLoss, unitsLoss } from './losses.ts';
import type { MaskedTokens } from './masked-tokens.ts';
import { keepTokens, weighTokens } from './masked-tokens.ts';
import { patchEmbed, positionsOf, positionTable, tubesOf } from './patch-embed.ts';
import type { SoftMask } from './soft-mask.ts';
import { softMask } from './soft-mask.ts';

/** What one kind of training step computes. It fixes every shape except the number of kept tokens. */
export interface StepSettings {
  readonly size: NetworkSize;
  readonly decoder: DecoderSize;
  /** Clips in one micro-batch. */
  readonly clips: number;
  /** Tokens that the hard mask leaves visible. With classification, they are the same patches in all slots (tube mask). */
  readonly visibleTokens: number;
  /** Hidden tokens that are reconstructed; the decoder reads no others. Half of the hidden tokens train as well as all (VideoMAE V2's second mask). */
  readonly decodedTokens: number;
  /** Lambda: weight of the reconstruction loss; with 0 there is no decoder. */
  readonly reconstruction: number;
  /** Number of action units with labels for each slot; 0 where the set has none. */
  readonly units: number;
  /** Weight of the classification losses, including those of the soft mask; 0 leaves them out (self-supervised pre-training). */
  readonly classification: number;
  /**
   * 'soft' weights every visible token. 'drop' drops the tokens beyond the budget, as inference does. 'single-slot' reads
   * all patches of one slot of each clip, without a mask. It costs an eighth of the work; the encoder learns the appearance
   * of faces before it learns how they change. Only 'soft' can reconstruct.
   */
  readonly masking: 'soft' | 'drop' | 'single-slot';
  /** Which parameters learn: all, those of the heads, or those of the head for action units. */
  readonly learns: 'all' | 'head' | 'units';
}

/** Weights of the smaller terms, relative to 1 for the cross-entropy of the clip. They are not from the paper (docs/developer/network.md). */
const TERMS = { slots: 0.5, units: 4, semantic: 0.5, budget: 2 } as const;

/** The losses that a step reports; those that its settings leave out are absent. 'places' is the loss of `patchUnitsLoss`. */
export type LossName = 'loss' | 'reconstruction' | 'classification' | 'slots' | 'units' | 'places' | 'semantic' | 'budget';

/**
 * The data of one micro-batch.
 *
 * clip [clips, 16, side, side, 3]: RGB bytes.
 * visible, hidden [clips, n, 1]: token indices, slot-major; `hidden` are the tokens to reconstruct.
 * labels [clips, 7]: shares that add up to 1, or to 0 where the class is unknown; slotLabels [clips, 8, 7] likewise.
 * slotUnits [clips, 8, units]: strength of each action unit, 0..1.
 * unitsKnown [clips, 1, units]: 1, or 0 for an action unit that is unknown in a clip.
 * tokenBudget [1]: the share of tokens to keep with masking 'drop', and the target of the mean of the final mask.
 */
export type DataName = 'clip' | 'visible' | 'hidden' | 'labels' | 'slotLabels' | 'slotUnits' | 'unitsKnown' | 'tokenBudget';
export type StepData = ReadonlyMap<DataName, Tensor>;

/** Largest pixel value. Pixels are bytes: a quarter of the memory and of the copying of floats. */
const BYTE = 255;

/** Types of the data that a step with these settings reads, always in the same order. */
export function dataTypes(settings: StepSettings): Map<DataName, TensorType> {
  const { size, clips, visibleTokens } = settings;
  const isSingleSlot = settings.masking === 'single-slot';
  const types = new Map<DataName, TensorType>();
  types.set('clip', { type: 'uint8', dims: [clips, isSingleSlot ? TUBE.frames : FRAMES_PER_CLIP, size.cropSide, size.cropSide, 3] });
  if (visibleTokens < tokensOf(size)) types.set('visible', { type: 'int64', dims: [clips, visibleTokens, 1] });
  if (settings.reconstruction > 0) types.set('hidden', { type: 'int64', dims: [clips, settings.decodedTokens, 1] });
  if (settings.classification > 0) {
    types.set('labels', { type: 'float32', dims: [clips, EXPRESSIONS.length] });
    if (settings.units > 0) {
      types.set('slotUnits', { type: 'float32', dims: [clips, isSingleSlot ? 1 : SLOTS_PER_CLIP, settings.units] });
      types.set('unitsKnown', { type: 'float32', dims: [clips, 1, settings.units] });
    }
    if (isSingleSlot) return types;
    types.set('slotLabels', { type: 'float32', dims: [clips, SLOTS_PER_CLIP, EXPRESSIONS.length] });
    types.set('tokenBudget', { type: 'float32', dims: [1] });
  }
  return types;
}

/**
 * Declares the data that a step reads as inputs of a graph.
 * @param leading dimensions before those of one micro-batch: [microBatches] or [steps, microBatches]
 */
export function stepInputs(graph: Graph, settings: StepSettings, leading: readonly number[] = []): Map<DataName, Tensor> {
  return new Map([...dataTypes(settings)].map(([name, { type, dims }]) => [name, graph.input(name, [...leading, ...dims], type)]));
}

/** The parameters of a graph that learn with these settings. */
export function learningParameters(graph: Graph, settings: StepSettings): Parameter[] {
  return [...graph.parameters.values()].filter(({ tensor }) => LEARNING[settings.learns].some((part) => tensor.name.startsWith(part)));
}

/** The parts whose parameters learn. A small data set suffices to train heads. */
const LEARNING: Readonly<Record<StepSettings['learns'], readonly string[]>> = {
  all: [''],
  head: ['head.', 'units.', 'places.'],
  units: ['units.'],
};

export interface StepLoss {
  /** The loss and its terms, each a scalar, mean over the clips. */
  readonly losses: ReadonlyMap<LossName, Tensor>;
  /** Normalised pixels of the hidden tubes from the decoder, [clips, decodedTokens, 1536]; undefined without reconstruction. */
  readonly reconstructed: Tensor | undefined;
}

type Terms = Map<LossName, { readonly value: Tensor; readonly weight: number }>;

/** Adds the forward pass of one micro-batch to the graph: hard mask, encoder, soft mask, decoder, and the loss with its terms. */
export function stepLoss(settings: StepSettings, data: StepData): StepLoss {
  if (settings.masking === 'single-slot') return { losses: lossesOf(singleSlotTerms(settings, data)), reconstructed: undefined };
  const { size, decoder } = settings;
  const [clip, visible, hidden] = [data.get('clip')!, data.get('visible'), data.get('hidden')];
  const tubes = tubesOf(clip);
  const positions = visible === undefined ? positionsOf(clip.graph, size) : positionTable(clip.graph, size).embedding(visible);
  const early = blocks(embedBytes(visible === undefined ? tubes : tubes.gatherRows(visible), positions), 0, size.blocksBeforeMask, size.heads);
  const terms: Terms = new Map();
  const classified = settings.classification > 0 ? classificationBranch(settings, data, early, positions, terms) : undefined;
  if (hidden === undefined) return { losses: lossesOf(terms), reconstructed: undefined };
  const latent = classified ?? blocks(early, size.blocksBeforeMask, size.blocks, size.heads);
  const reconstructed = decode(latent, positionTable(clip.graph, size, decoder.width), visible!, hidden, decoder);
  const target = reconstructionTarget(tubes.gatherRows(hidden).cast('float32'));
  terms.set('reconstruction', { value: meanSquaredError(reconstructed, target), weight: settings.reconstruction });
  return { losses: lossesOf(terms), reconstructed };
}

/** Tokens with positions, [clips, n, width], from tubes of bytes, [clips, n, 1536]. */
function embedBytes(tubes: Tensor, positions: Tensor): Tensor {
  return patchEmbed(tubes.cast('float32').mul(1 / BYTE), positions.dims[2] as number).add(positions);
}

/** 'loss', the weighted sum of the terms, and the terms themselves. */
function lossesOf(terms: Terms): Map<LossName, Tensor> {
  const loss = [...terms.values()].map(({ value, weight }) => value.mul(weight)).reduce((a, b) => a.add(b));
  return new Map([['loss' as LossName, loss], ...[...terms].map(([name, { value }]) => [name, value] as const)]);
}

/** Adds the classification losses to `terms`. Returns the tokens after the last block, [clips, n, width]. */
function classificationBranch(settings: StepSettings, data: StepData, early: Tensor, positions: Tensor, terms: Terms): Tensor {
  const { size, classification } = settings;
  const [budget, labels, slotLabels] = [data.get('tokenBudget')!, data.get('labels')!, data.get('slotLabels')!];
  const mask = early.graph.scope('mask', () => softMask(early, positions, EXPRESSIONS.length));
  const masked = maskedTokens(settings, early, mask, budget);
  const latent = blocks(masked.tokens, size.blocksBeforeMask, size.blocks, size.heads, masked.logMask);
  const logits = classify(latent, masked.weights);
  const add = (name: LossName, value: Tensor, weight: number): unknown => terms.set(name, { value, weight: classification * weight });
  add('classification', crossEntropy(logits, labels), 1);
  const features = slotFeatures(latent, masked);
  add('slots', crossEntropy(slotLogits(logits, mask.similarity, features), slotLabels), TERMS.slots);
  const units = unitsOf(data);
  if (units !== undefined) add('units', unitsLoss(features, units), TERMS.units);
  if (settings.learns === 'all') {
    add('semantic', semanticLoss(mask, labels, slotLabels), TERMS.semantic);
    add('budget', budgetLoss(mask, budget), TERMS.budget);
  }
  return latent;
}

function maskedTokens(settings: StepSettings, early: Tensor, mask: SoftMask, budget: Tensor): MaskedTokens {
  const { size, visibleTokens } = settings;
  if (settings.masking !== 'drop') return weighTokens(early, mask.final);
  if (visibleTokens < tokensOf(size) || settings.reconstruction > 0) throw new Error('tokens are dropped only where all are visible and none is reconstructed');
  return keepTokens(early, mask.final, budget, size);
}

/** The losses with masking 'single-slot': patch embedding, all blocks without a mask, the head, the action units. */
function singleSlotTerms({ size, clips, classification }: StepSettings, data: StepData): Terms {
  const [clip, labels] = [data.get('clip')!, data.get('labels')!];
  const { graph } = clip;
  const [patches, classes] = [patchesOf(size), EXPRESSIONS.length];
  const positions = positionTable(graph, size).embedding(data.get('visible')!);
  const latent = blocks(embedBytes(tubesOf(clip), positions), 0, size.blocks, size.heads);
  const weights = graph.constant(new Float32Array(clips * patches).fill(1), [clips, patches], `still.${clips}`);
  const slots = graph.constant(new Float32Array(patches).fill(1), [1, patches, 1], 'still.slots');
  const logits = classify(latent, weights);
  const features = slotFeatures(latent, { weights, slots });
  // Without a soft mask there is no similarity; zeros stand for its difference from the mean.
  const similarity = graph.constant(new Float32Array(clips * classes), [clips, 1, classes], `still.similarity.${clips}`);
  const slotLabels = labels.reshape([clips, 1, classes]);
  const terms: Terms = new Map();
  const add = (name: LossName, value: Tensor, weight: number): unknown => terms.set(name, { value, weight: classification * weight });
  add('classification', crossEntropy(logits, labels), 1);
  add('slots', crossEntropy(slotLogits(logits, similarity, features), slotLabels), TERMS.slots);
  const units = unitsOf(data);
  if (units !== undefined) {
    add('units', unitsLoss(features, units), TERMS.units);
    add('places', patchUnitsLoss(latent, units), TERMS.units);
  }
  return terms;
}

function unitsOf(data: StepData): ActionUnits | undefined {
  const [strengths, known] = [data.get('slotUnits'), data.get('unitsKnown')];
  return strengths === undefined || known === undefined ? undefined : { strengths, known };
}

/** The three sizes of AdaTosk. The size fixes the graph; a model is a size with weights. */
export type SizeName = 'tiny' | 'small' | 'base';

export interface NetworkSize {
  readonly name: SizeName;
  /** Width of a token. */
  readonly width: number;
  readonly heads: number;
  /** Number of encoder blocks. */
  readonly blocks: number;
  /** How many of them come before the soft mask. These read every token. */
  readonly blocksBeforeMask: number;
  /** Side of a face crop in pixels. */
  readonly cropSide: number;
  /** Share of the tokens that the blocks after the mask read by default. */
  readonly defaultTokenBudget: number;
}

export const FRAMES_PER_CLIP = 16;
/** Face crops a second in a clip. Every model's manifest holds this value. */
export const SAMPLES_PER_SECOND = 10;
export const TUBE = { frames: 2, side: 16 } as const;
export const SLOTS_PER_CLIP = FRAMES_PER_CLIP / TUBE.frames;
export const TUBE_VALUES = TUBE.frames * TUBE.side * TUBE.side * 3;
export const MLP_RATIO = 4;

/**
 * `base` has 10 of ViT-B's 12 blocks: with the two-layer head 74.4 M parameters, as the figures of the paper imply
 * (docs/developer/network.md). `small` and `tiny` are not in the paper; tiny is for CPUs.
 */
export const SIZES: Readonly<Record<SizeName, NetworkSize>> = {
  tiny: { name: 'tiny', width: 192, heads: 3, blocks: 8, blocksBeforeMask: 2, cropSide: 112, defaultTokenBudget: 0.4 },
  small: { name: 'small', width: 384, heads: 6, blocks: 12, blocksBeforeMask: 2, cropSide: 112, defaultTokenBudget: 0.4 },
  base: { name: 'base', width: 768, heads: 12, blocks: 10, blocksBeforeMask: 2, cropSide: 160, defaultTokenBudget: 0.4 },
};

/** The decoder of the self-supervised branch. Only training uses it. */
export interface DecoderSize {
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
}

/**
 * Half as wide as the encoder, as in VideoMAE. The decoder of tiny is a third as wide: one head of 64. Two blocks suffice
 * for tiny and small (SupMAE uses one).
 */
export const DECODERS: Readonly<Record<SizeName, DecoderSize>> = {
  tiny: { width: 64, heads: 1, blocks: 2 },
  small: { width: 192, heads: 3, blocks: 2 },
  base: { width: 384, heads: 6, blocks: 4 },
};

/** Patches (spatial positions) of each slot of a clip. */
export function patchesOf(size: NetworkSize): number {
  return (size.cropSide / TUBE.side) ** 2;
}

/** Tokens of a whole clip, before the soft mask. */
export function tokensOf(size: NetworkSize): number {
  return SLOTS_PER_CLIP * patchesOf(size);
}

/**
 * Number of tokens kept at a token budget in 0..1: budget times tokens, rounded up, at least one and at most all. The
 * graph computes the same number (`keepTokens`).
 */
export function tokensKept(size: NetworkSize, budget: number): number {
  const tokens = tokensOf(size);
  return Math.min(tokens, Math.max(1, Math.ceil(budget * tokens - BUDGET_ROUNDING)));
}

/** Subtracted before rounding up. In single precision 0.1 times the tokens can be 80.000001, which would become 81. */
export const BUDGET_ROUNDING = 1e-3;

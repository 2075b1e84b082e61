/** The three sizes of AdaTosk. A size fixes everything about the graph; weights are what a model adds to it. */
export type SizeName = 'tiny' | 'small' | 'base';

export interface NetworkSize {
  readonly name: SizeName;
  /** Width of a token. */
  readonly width: number;
  readonly heads: number;
  /** Encoder blocks in all, and those before the soft mask, which read every token. */
  readonly blocks: number;
  readonly blocksBeforeMask: number;
  /** Side of a face crop in pixels. */
  readonly cropSide: number;
  /** Share of the tokens that the blocks after the mask read by default. */
  readonly defaultTokenBudget: number;
}

export const FRAMES_PER_CLIP = 16;
/** Face crops a second that a clip is made of; it stands in every model's manifest. */
export const SAMPLES_PER_SECOND = 10;
export const TUBE = { frames: 2, side: 16 } as const;
export const SLOTS_PER_CLIP = FRAMES_PER_CLIP / TUBE.frames;
export const TUBE_VALUES = TUBE.frames * TUBE.side * TUBE.side * 3;
export const MLP_RATIO = 4;

/**
 * `base` is 10 of ViT-B's 12 blocks: with the two-layer head 74.4 M parameters, where the paper's claims point
 * (docs/developer/network.md). `small` and `tiny` are ours; tiny is for CPUs.
 */
export const SIZES: Readonly<Record<SizeName, NetworkSize>> = {
  tiny: { name: 'tiny', width: 192, heads: 3, blocks: 8, blocksBeforeMask: 2, cropSide: 112, defaultTokenBudget: 0.4 },
  small: { name: 'small', width: 384, heads: 6, blocks: 12, blocksBeforeMask: 2, cropSide: 112, defaultTokenBudget: 0.4 },
  base: { name: 'base', width: 768, heads: 12, blocks: 10, blocksBeforeMask: 2, cropSide: 160, defaultTokenBudget: 0.4 },
};

/** The self-supervised branch's decoder, which is there in training alone. */
export interface DecoderSize {
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
}

/** Half as wide as the encoder, as VideoMAE's (tiny's a third: one head of 64); two blocks suffice for the small ones (SupMAE does with one). */
export const DECODERS: Readonly<Record<SizeName, DecoderSize>> = {
  tiny: { width: 64, heads: 1, blocks: 2 },
  small: { width: 192, heads: 3, blocks: 2 },
  base: { width: 384, heads: 6, blocks: 4 },
};

/** Patches (spatial positions) of each slot of a clip. */
export function patchesOf(size: NetworkSize): number {
  return (size.cropSide / TUBE.side) ** 2;
}

/** Tokens of a clip before any is dropped. */
export function tokensOf(size: NetworkSize): number {
  return SLOTS_PER_CLIP * patchesOf(size);
}

/**
 * Tokens kept at a token budget in 0..1: at least one, at most all, rounded up. The graph computes the same;
 * the small term keeps 0.1 in single precision from rounding 80.000001 up to 81.
 */
export function tokensKept(size: NetworkSize, budget: number): number {
  const tokens = tokensOf(size);
  return Math.min(tokens, Math.max(1, Math.ceil(budget * tokens - BUDGET_ROUNDING)));
}

export const BUDGET_ROUNDING = 1e-3;

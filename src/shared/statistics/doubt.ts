import type { HeadPose, UnusualReason } from '../domain/timeline.ts';
import { UNUSUAL_REASONS } from '../domain/timeline.ts';

/** Degrees of yaw or pitch beyond which a face is turned away: its slot has the status low_confidence. */
export const LARGEST_TURN = 40;
/** Limits of further reasons. docs/developer/analysis.md says where they are from. */
const LEAST_SCORE = 0.6;
const LARGEST_DIFFERENCE = 0.5;

export const isTurned = (pose: HeadPose | null | undefined): boolean =>
  pose !== null && pose !== undefined && (Math.abs(pose.yaw) > LARGEST_TURN || Math.abs(pose.pitch) > LARGEST_TURN);

/** What is known of a face in a slot; null where it is not. */
export interface SlotSigns {
  readonly pose: HeadPose | null;
  readonly faceConfidence: number | null;
  /** Largest similarity to a class, -1..1. */
  readonly similarity: number | null;
  /** The similarity below which the model's own validation clips rarely are (manifest: leastSimilarity); null where it is not known. */
  readonly leastSimilarity: number | null;
  /** Half the sum of the differences between the probabilities of the clip and those of its mirror image, 0..1. */
  readonly mirrorDifference: number | null;
}

/** The reasons why a face is unusual; none for a usual one. */
export function unusualReasons({ pose, faceConfidence, similarity, leastSimilarity, mirrorDifference }: SlotSigns): UnusualReason[] {
  const found: Record<UnusualReason, boolean> = {
    turned: isTurned(pose),
    low_score: faceConfidence !== null && faceConfidence < LEAST_SCORE,
    unlike_classes: similarity !== null && leastSimilarity !== null && similarity < leastSimilarity,
    mirror_differs: mirrorDifference !== null && mirrorDifference > LARGEST_DIFFERENCE,
  };
  return UNUSUAL_REASONS.filter((reason) => found[reason]);
}

/** The reasons as one number, a bit for each. */
export const bitsOf = (reasons: readonly UnusualReason[]): number =>
  UNUSUAL_REASONS.reduce((bits, reason, i) => (reasons.includes(reason) ? bits | (1 << i) : bits), 0);

export const reasonsOf = (bits: number): UnusualReason[] => UNUSUAL_REASONS.filter((_, i) => ((bits >> i) & 1) === 1);

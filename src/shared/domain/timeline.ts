import type { Expression, PerExpression } from './expressions.ts';

/** Whether a face was found in a span of time: with enough score and size and not turned away, with less, or not at all. */
export type FaceStatus = 'ok' | 'low_confidence' | 'no_face';

/** A box in pixels of the displayed picture. */
export interface PictureBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pose of a head in degrees: yaw to the person's left, pitch downwards, roll to the person's left shoulder. It is rough (main/face/head-pose.ts). */
export interface HeadPose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/**
 * Why a face in a slot is unlike those that the network and the detector know well, in the order of their bits in the store:
 * - 'turned': yaw or pitch beyond 40 degrees;
 * - 'low_score': the face detector is hardly sure that this is a face;
 * - 'unlike_classes': the face resembles no class, neutral included;
 * - 'mirror_differs': the network reads the mirror image as something else.
 */
export const UNUSUAL_REASONS = ['turned', 'low_score', 'unlike_classes', 'mirror_differs'] as const;
export type UnusualReason = (typeof UNUSUAL_REASONS)[number];

/** The network's outputs for one face in one slot. */
export interface SlotReading {
  readonly probabilities: PerExpression;
  readonly label: Expression;
  /** 1 - p(neutral) */
  readonly intensity: number;
  /** Mask weights, means over the patches of the slot, 0..1. */
  readonly classAgnostic: number;
  readonly classSemantic: number;
  readonly final: number;
  /**
   * Intensities of the action units in the order of ACTION_UNITS, 0..1; null for a unit that the model does not have. Absent for a
   * model without action units. Experimental: learned from rendered faces.
   */
  readonly actionUnits?: readonly (number | null)[];
}

/** One slot, [startS, endS) in seconds and [startFrame, endFrame) in frames. */
export interface Slot {
  /** Index of the slot from the start of the video. */
  readonly slot: number;
  readonly startS: number;
  readonly endS: number;
  readonly startFrame: number;
  readonly endFrame: number;
}

/** One row of a timeline. Slots without a face have rows without a reading. */
export interface TimelineRow extends Slot {
  /** 0 where the slot has no face at all. */
  readonly faceId: number;
  readonly status: FaceStatus;
  readonly faceConfidence: number | null;
  readonly box: PictureBox | null;
  readonly reading: SlotReading | null;
  /** Absent in results of earlier versions; null where the detector did not find the face in the slot. */
  readonly pose?: HeadPose | null;
  /** Why the face is unusual; none for a usual face. Absent in results of earlier versions; null without a face. */
  readonly unusual?: readonly UnusualReason[] | null;
}

/** One expression event with onset, apex and offset, in seconds. */
export interface ExpressionPeak {
  readonly faceId: number;
  readonly peakId: number;
  readonly label: Expression;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
  readonly apexFrame: number;
  /** Intensity and mask weight of the slot that contains the apex. */
  readonly intensity: number;
  readonly prominence: number;
  readonly final: number;
  /** The source of the peak, for example 'model:adatosk-tiny'. */
  readonly source: string;
}

/** A labelled span [startS, endS). */
export interface Segment {
  readonly faceId: number;
  readonly segmentId: number;
  readonly label: Expression;
  readonly startS: number;
  readonly endS: number;
  readonly startFrame: number;
  readonly endFrame: number;
  /** Mean probability of the label over the span. */
  readonly confidence: number;
  /** 'model' or the name of a coder. */
  readonly coder: string;
  readonly source: string;
}

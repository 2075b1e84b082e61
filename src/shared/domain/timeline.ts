import type { Expression, PerExpression } from './expressions.ts';

/** Whether a face was found in a span of time: with enough score and size, with less, or not at all. */
export type FaceStatus = 'ok' | 'low_confidence' | 'no_face';

/** A box in pixels of the displayed picture. */
export interface PictureBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

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

import type { Expression, PerExpression } from './expressions.ts';

/** What is known of a face in a span of time. */
export type FaceStatus = 'ok' | 'low_confidence' | 'no_face';

/** A box in pixels of the picture as shown. */
export interface PictureBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the network says of one face in one time slot. */
export interface SlotReading {
  readonly probabilities: PerExpression;
  readonly label: Expression;
  /** 1 - p(neutral) */
  readonly intensity: number;
  /** Means over the slot's places, 0..1. */
  readonly classAgnostic: number;
  readonly classSemantic: number;
  readonly final: number;
}

/** One time slot, [startS, endS) in seconds and [startFrame, endFrame) in frames. */
export interface Slot {
  /** Index of the slot from the start of the video. */
  readonly slot: number;
  readonly startS: number;
  readonly endS: number;
  readonly startFrame: number;
  readonly endFrame: number;
}

/** One row of a timeline. A span without a face has rows without a reading. */
export interface TimelineRow extends Slot {
  /** 0 where no face is in the picture at all. */
  readonly faceId: number;
  readonly status: FaceStatus;
  readonly faceConfidence: number | null;
  readonly box: PictureBox | null;
  readonly reading: SlotReading | null;
}

/** A moment of strongest expression with its rise and fall, in seconds. */
export interface ExpressionPeak {
  readonly faceId: number;
  readonly peakId: number;
  readonly label: Expression;
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
  readonly apexFrame: number;
  readonly intensity: number;
  readonly prominence: number;
  readonly final: number;
  /** What made it, for example 'model:adatosk-tiny'. */
  readonly source: string;
}

/** A labelled span, half-open. */
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
  /** Who made it: 'model' or a coder's name. */
  readonly coder: string;
  readonly source: string;
}

import type { ExpressionPeak, Segment, TimelineRow } from './timeline.ts';

/** One row of summary.csv: what became of a video. */
export interface VideoSummary {
  readonly video: string;
  readonly sha256: string | null;
  readonly durationS: number | null;
  readonly frames: number | null;
  /** Mean frames per second, for people. */
  readonly fps: number | null;
  readonly variableRate: boolean | null;
  readonly faces: number | null;
  /** Share of the time slots with a face, 0..1. */
  readonly faceShare: number | null;
  readonly meanConfidence: number | null;
  readonly peaks: number | null;
  readonly secondsTaken: number | null;
  readonly timesRealTime: number | null;
  readonly status: 'done' | 'failed' | 'cancelled';
  /** For a failed video what happened and what to do; for a done one a warning, or nothing. */
  readonly error: string;
}

/** Everything that is kept of one analysed video. */
export interface VideoResult {
  readonly summary: VideoSummary;
  readonly rows: readonly TimelineRow[];
  readonly peaks: readonly ExpressionPeak[];
  readonly segments: readonly Segment[];
  /** Mask weights by place; results from before they were kept have none. */
  readonly maps?: readonly PackedMaps[];
}

/** One face's mask weights by place (main/analysis/mask-maps.ts), base64. */
export interface PackedMaps {
  readonly faceId: number;
  readonly packed: string;
}

/** run.json: how a set of tables came to be. */
export interface RunRecord {
  readonly appVersion: string;
  readonly model: { readonly id: string; readonly sha256: string; readonly trained: boolean };
  /** Records of versions before 0.2 have none. */
  readonly faceDetectors?: readonly { readonly id: string; readonly sha256: string }[];
  /** Empty, or what everybody who reads the tables must know. */
  readonly warnings: readonly string[];
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly thresholds: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
  readonly cancelled: boolean;
}

/** Said wherever a number of an untrained model is shown or exported. */
export const UNTRAINED_WARNING = 'untrained weights: numbers mean nothing yet';

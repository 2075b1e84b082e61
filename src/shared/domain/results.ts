import type { Fact, Notice } from '../app/facts.ts';
import { earlierVersion, factOr, noticeOf } from '../app/notices.ts';
import type { ExpressionPeak, Segment, TimelineRow } from './timeline.ts';

/** One row of summary.csv: the result of one video. */
export interface VideoSummary {
  readonly video: string;
  readonly sha256: string | null;
  readonly durationS: number | null;
  readonly frames: number | null;
  /** Mean frames per second, for display only. */
  readonly fps: number | null;
  readonly variableRate: boolean | null;
  readonly faces: number | null;
  /** Share of the slots with a face, 0..1. */
  readonly faceShare: number | null;
  readonly meanConfidence: number | null;
  readonly peaks: number | null;
  readonly secondsTaken: number | null;
  readonly timesRealTime: number | null;
  readonly status: 'done' | 'failed' | 'cancelled';
  /** Why a video failed; null for others. */
  readonly failure: Fact | null;
  /** What the user must know about a finished video. */
  readonly warnings: readonly Notice[];
}

/** A summary as it was stored. Before version 0.2 it had a sentence `error` instead: of a done video a warning. */
export type StoredSummary = Omit<VideoSummary, 'failure' | 'warnings'> & Partial<Pick<VideoSummary, 'failure' | 'warnings'>> & { readonly error?: string };

/** The summary of a stored one. A project comes from elsewhere: what is not a fact is kept as text, so that the video can still be listed. */
export function summaryOf({ error = '', failure, warnings, ...rest }: StoredSummary): VideoSummary {
  const earlier = error === '' ? [] : [earlierVersion(error)];
  const isDone = rest.status === 'done';
  return {
    ...rest,
    failure: failure === undefined || failure === null ? (isDone ? null : (earlier[0] ?? null)) : checkedFact(failure),
    warnings: Array.isArray(warnings) ? warnings.map(checkedFact) : isDone ? earlier : [],
  };
}

function checkedFact(stored: unknown): Fact {
  return factOr(stored, typeof stored === 'string' ? stored : JSON.stringify(stored));
}

/** Everything that is stored for one analysed video. */
export interface VideoResult {
  readonly summary: VideoSummary;
  readonly rows: readonly TimelineRow[];
  readonly peaks: readonly ExpressionPeak[];
  readonly segments: readonly Segment[];
  /** Mask weights by patch; absent in results of versions that did not store them. */
  readonly maps?: readonly PackedMaps[];
}

/** Mask weights of one face by patch (main/analysis/mask-maps.ts), base64. */
export interface PackedMaps {
  readonly faceId: number;
  readonly packed: string;
}

/** Versions of what computes in an analysis. */
export interface RunSystem {
  readonly ffmpeg: string;
  readonly onnxruntime: string;
  readonly node: string;
  /** System, its version, architecture. */
  readonly platform: string;
  readonly processor: string;
}

/** run.json: how a set of tables was made. */
export interface RunRecord {
  readonly appVersion: string;
  /** Increased with every change that changes the numbers; absent in records of versions before 0.2. */
  readonly analysisVersion?: number;
  readonly model: { readonly id: string; readonly sha256: string; readonly trained: boolean };
  /** Absent in records of versions before 0.2. */
  readonly faceDetectors?: readonly { readonly id: string; readonly sha256: string }[];
  /** Warnings for everyone who reads the tables, in English; may be empty. */
  readonly warnings: readonly string[];
  /** The same as facts; records of versions before 0.2 have none. */
  readonly warningCodes?: readonly Notice[];
  readonly device: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly thresholds: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
  readonly cancelled: boolean;
  /** What computed; absent in records of versions before 0.2. */
  readonly system?: RunSystem;
  /** The words of the command after the program's name; absent for a run of the window. */
  readonly command?: readonly string[];
  /** What was to be analysed: paths, absolute, or a file with their list; absent for a run of the window. */
  readonly sources?: { readonly paths: readonly string[]; readonly list: string | null };
  /** The videos by their names in the tables, with the SHA-256 of their files; absent for a run of the window and of shards. */
  readonly inputs?: readonly { readonly video: string; readonly sha256: string | null }[];
  /** Number of the shards of a divided run. */
  readonly shards?: number;
  /** Identifies the videos, the model and the options of a merged run, so that it is not stored twice. */
  readonly merged?: string;
}

/** The warnings of a run as facts. Those of older versions are sentences, which stay as they are. */
export function warningsOfRun({ warnings, warningCodes }: Pick<RunRecord, 'warnings' | 'warningCodes'>): Notice[] {
  return [...(warningCodes ?? warnings.map(noticeOf))];
}

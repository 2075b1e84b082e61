import type { EditableRows } from '../../../shared/annotation/editable-rows.ts';

/** Rows of the database; migrations/ defines the tables. Booleans are 0 and 1, times are ISO 8601 in UTC. */
export interface ProjectRow {
  id: number;
  uuid: string;
  name: string;
  created_at: string;
  /** Incremented by every edit, undo and redo. */
  clock: number;
  /** Id of a copy that was given out, and the project's clock then; null for the project itself. */
  copy_id: string | null;
  copied_clock: number | null;
}

export interface FolderRow {
  id: string;
  path: string;
  watched: number;
  added_at: string;
  /** See approval.ts; '' if another computer watched the folder. */
  approval: string;
}

/** A video whose times are the file's own timestamps, as in version 0.1 (see clocks.ts). */
export interface FileClockRow {
  video_id: string;
}

/** A packed timing table: the PTS of all frames, and `facts` with its other data (see packed-times.ts). */
export interface TimingRow {
  video_id: string;
  frames: number;
  packed: Uint8Array;
  facts: string;
}

/** `record` is the content of run.json. */
export interface RunRow {
  id: string;
  model_id: string;
  model_sha256: string;
  trained: number;
  record: string;
  started_at: string;
  ended_at: string | null;
}

/** `summary` is a StoredSummary as JSON: a VideoSummary, or the form of an older version. */
export interface ResultRow {
  run_id: string;
  video_id: string;
  summary: string;
}

/** The packed timeline of one face in one run (see packed-timeline.ts). */
export interface TimelineTableRow {
  run_id: string;
  video_id: string;
  face_id: number;
  first_slot: number;
  slots: number;
  packed: Uint8Array;
}

export type ParticipantRow = EditableRows['participant'];
export type SessionRow = EditableRows['session'];
export type TrialRow = EditableRows['trial'];
/** Samples of a signal, packed (see signals.ts): times and readings by packed-numbers.ts. */
export interface SignalBlockRow {
  signal_id: string;
  position: number;
  start_s: number;
  end_s: number;
  samples: number;
  times: Uint8Array;
  readings: Uint8Array;
  overview: Uint8Array;
}

export type SignalRow = EditableRows['signal'];
export type FaceParticipantRow = EditableRows['face_participant'];
export type FaceTracksRow = EditableRows['face_tracks'];
export type VideoRow = EditableRows['video'];
export type SchemeRow = EditableRows['scheme'];
export type LabelRow = EditableRows['label'];
export type CoderRow = EditableRows['coder'];
export type LayerRow = EditableRows['layer'];
export type SegmentRow = EditableRows['segment'];
export type PeakRow = EditableRows['peak'];
export type NoteRow = EditableRows['note'];

export type DecisionTableRow = EditableRows['decision'];

/** `parameters` are the parameters of the step, `changes` is a list of RowChange; both as JSON (see edits.ts). */
export interface JournalRow {
  id: number;
  coder_id: string;
  kind: string;
  parameters: string;
  changes: string;
  made_at: string;
  state: 'done' | 'undone' | 'dropped';
}

/** Jobs that were added together. `options` are AnalysisOptions as JSON. */
export interface BatchRow {
  id: string;
  model_id: string;
  /** '' in batches from before version 0.2. */
  model_sha256: string;
  device: string;
  threads: number;
  options: string;
  run_id: string | null;
  added_at: string;
}

/**
 * One video of a batch. `position` is the order within a priority. `error` is a fact as JSON, '' without an error; jobs of
 * versions before 0.2 have a sentence.
 */
export interface JobRow {
  position: number;
  id: string;
  batch_id: string;
  path: string;
  name: string;
  bytes: number;
  priority: number;
  status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  error: string;
  attempts: number;
  worker: string | null;
  seen_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  seconds_taken: number | null;
  times_real_time: number | null;
  /** See approval.ts; '' if another computer requested the job. */
  approval: string;
}

export interface QueueRow {
  id: number;
  paused: number;
  at_once: number;
}

export interface MaskMapRow {
  run_id: string;
  video_id: string;
  face_id: number;
  packed: Uint8Array;
}

/** The clocks of this project and of a copy when it was merged last. */
export interface MergedCopyRow {
  copy_id: string;
  own_clock: number;
  copy_clock: number;
}

/** See migration 100. */
export interface MergeConflictRow {
  id: string;
  table_name: string;
  row_id: string;
  video_id: string | null;
  kept: string | null;
  other: string | null;
  found_at: string;
  resolved: number;
  revision: number;
}

/** A copy that was given out; merged_at is null until it is merged. */
export interface GivenCopyRow {
  copy_id: string;
  coder_id: string;
  given_at: string;
  merged_at: string | null;
}

/** A video of such a copy, and how far it was there when the copy was merged last. */
export interface GivenVideoRow {
  copy_id: string;
  video_id: string;
  review: VideoRow['review'];
}

export interface Tables {
  merge_conflict: MergeConflictRow;
  merged_copy: MergedCopyRow;
  given_copy: GivenCopyRow;
  given_video: GivenVideoRow;
  mask_map: MaskMapRow;
  batch: BatchRow;
  job: JobRow;
  queue: QueueRow;
  project: ProjectRow;
  participant: ParticipantRow;
  session: SessionRow;
  face_participant: FaceParticipantRow;
  face_tracks: FaceTracksRow;
  trial: TrialRow;
  signal: SignalRow;
  signal_block: SignalBlockRow;
  folder: FolderRow;
  video: VideoRow;
  file_clock: FileClockRow;
  timing: TimingRow;
  run: RunRow;
  result: ResultRow;
  timeline: TimelineTableRow;
  scheme: SchemeRow;
  label: LabelRow;
  coder: CoderRow;
  layer: LayerRow;
  segment: SegmentRow;
  peak: PeakRow;
  note: NoteRow;
  decision: DecisionTableRow;
  journal: JournalRow;
}

import type { EditableRows } from '../../../shared/annotation/editable-rows.ts';

/** Rows as they lie in the store; columns have the names of the tables in migrations/. Booleans are 0 and 1, times ISO 8601 in UTC. */
export interface ProjectRow {
  id: number;
  uuid: string;
  name: string;
  created_at: string;
  /** Grows by one with every edit, undo and redo. */
  clock: number;
}

export interface FolderRow {
  id: string;
  path: string;
  watched: number;
  added_at: string;
  /** See approval.ts; '' where it was watched by another computer. */
  approval: string;
}

/** Every frame's PTS, packed, and what else a timing table knows (see packed-times.ts). */
export interface TimingRow {
  video_id: string;
  frames: number;
  packed: Uint8Array;
  facts: string;
}

/** record is run.json. */
export interface RunRow {
  id: string;
  model_id: string;
  model_sha256: string;
  trained: number;
  record: string;
  started_at: string;
  ended_at: string | null;
}

/** summary is a VideoSummary as JSON, or what an older version made of it (StoredSummary). */
export interface ResultRow {
  run_id: string;
  video_id: string;
  summary: string;
}

/** One face's slots in one run, packed by columns (see packed-timeline.ts). */
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
export type VideoRow = EditableRows['video'];
export type SchemeRow = EditableRows['scheme'];
export type LabelRow = EditableRows['label'];
export type CoderRow = EditableRows['coder'];
export type LayerRow = EditableRows['layer'];
export type SegmentRow = EditableRows['segment'];
export type PeakRow = EditableRows['peak'];
export type NoteRow = EditableRows['note'];

export type DecisionTableRow = EditableRows['decision'];

/** parameters are those of the step's kind as JSON, changes a list of RowChange as JSON (see edits.ts). */
export interface JournalRow {
  id: number;
  coder_id: string;
  kind: string;
  parameters: string;
  changes: string;
  made_at: string;
  state: 'done' | 'undone' | 'dropped';
}

/** What was asked for at once; options are AnalysisOptions as JSON. */
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

/** One video of a batch; position orders those of equal priority. error is a fact as JSON, '' for none, a sentence in jobs of versions before 0.2. */
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
  /** See approval.ts; '' where another computer requested it. */
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

export interface Tables {
  mask_map: MaskMapRow;
  batch: BatchRow;
  job: JobRow;
  queue: QueueRow;
  project: ProjectRow;
  participant: ParticipantRow;
  session: SessionRow;
  folder: FolderRow;
  video: VideoRow;
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

/** Rows as they lie in the store; columns have the names of the tables in migrations/. Booleans are 0 and 1, times ISO 8601 in UTC. */
export interface ProjectRow {
  id: number;
  uuid: string;
  name: string;
  created_at: string;
  /** Grows by one with every edit, undo and redo. */
  clock: number;
}

export interface ParticipantRow {
  id: string;
  code: string;
  condition: string;
  note: string;
  revision: number;
}

export interface SessionRow {
  id: string;
  participant_id: string | null;
  name: string;
  held_at: string;
  revision: number;
}

export interface FolderRow {
  id: string;
  path: string;
  watched: number;
  added_at: string;
}

export interface VideoRow {
  id: string;
  path: string;
  name: string;
  size: number;
  modified_ms: number;
  sha256: string | null;
  folder_id: string | null;
  participant_id: string | null;
  session_id: string | null;
  duration_s: number | null;
  frames: number | null;
  fps: number | null;
  variable_rate: number | null;
  missing: number;
  review: 'new' | 'in_review' | 'done';
  added_at: string;
  revision: number;
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

/** summary is a row of summary.csv as JSON. */
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

export interface SchemeRow {
  id: string;
  name: string;
  revision: number;
}

/** maps_to is the class of the seven that a label counts as in another scheme, or null. */
export interface LabelRow {
  id: string;
  scheme_id: string;
  name: string;
  colour: string;
  key: string;
  description: string;
  position: number;
  maps_to: string | null;
  revision: number;
}

export interface CoderRow {
  id: string;
  name: string;
  added_at: string;
  revision: number;
}

export interface LayerRow {
  id: string;
  video_id: string;
  kind: 'model' | 'coder' | 'adjudicated';
  coder_id: string | null;
  run_id: string | null;
  scheme_id: string;
  created_at: string;
  revision: number;
}

/** What every label knows of how it came to be. */
interface Provenance {
  made_by: string;
  made_at: string;
  /** The model's segment or peak that it was made from. */
  proposal_id: string | null;
  model_sha256: string | null;
}

export interface SegmentRow extends Provenance {
  id: string;
  layer_id: string;
  face_id: number;
  label: string;
  start_s: number;
  end_s: number;
  confidence: number | null;
  revision: number;
}

export interface PeakRow extends Provenance {
  id: string;
  layer_id: string;
  face_id: number;
  label: string;
  onset_s: number;
  apex_s: number;
  offset_s: number;
  intensity: number | null;
  prominence: number | null;
  mask_final: number | null;
  revision: number;
}

export interface NoteRow {
  id: string;
  video_id: string;
  coder_id: string | null;
  at_s: number | null;
  text: string;
  made_at: string;
  revision: number;
}

/** changes is a list of RowChange as JSON (see edits.ts). */
export interface JournalRow {
  id: number;
  coder_id: string;
  code: string;
  label: string;
  changes: string;
  made_at: string;
  state: 'done' | 'undone' | 'dropped';
}

export interface Tables {
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
  journal: JournalRow;
}

import type { Database } from 'better-sqlite3';

/**
 * Face tracks that a person merged or split. `edits` is a list of changes as JSON (shared/domain/face-tracks.ts). There is one row for a
 * video and a run: its faces have numbers of their own, and two copies of a project that edit the faces of one video contradict each other.
 */
export function up(database: Database): void {
  database.exec(`CREATE TABLE face_tracks (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    edits TEXT NOT NULL DEFAULT '[]',
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (video_id, run_id)
  ) STRICT`);
}

import type { Database } from 'better-sqlite3';

/** Mask weights by patch, packed for each face of a run (main/analysis/mask-maps.ts). Earlier runs have none. */
export function up(database: Database): void {
  database.exec(`CREATE TABLE IF NOT EXISTS mask_map (
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    face_id INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (run_id, video_id, face_id)
  ) STRICT`);
}

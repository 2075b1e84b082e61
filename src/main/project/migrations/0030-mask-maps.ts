import type { Kysely } from 'kysely';
import { sql } from 'kysely';

/** Mask weights by place, a packed column for each face of a run (main/analysis/mask-maps.ts). Runs from before have none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE mask_map (
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    face_id INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (run_id, video_id, face_id)
  ) STRICT`,
    )
    .execute(db);
}

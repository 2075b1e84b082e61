import type { Database } from 'better-sqlite3';

/**
 * The clock of a video. Before, times were the file's own timestamps; now they count from the start of the container. A video
 * that has labels or results keeps its former clock in this project, so that they stay where they are. The others have the
 * new one. `origin` in the facts of a timing table converts between both.
 */
export function up(database: Database): void {
  database.exec(`CREATE TABLE file_clock (
    video_id TEXT PRIMARY KEY REFERENCES video(id) ON DELETE CASCADE
  ) STRICT`);
  database.exec(`INSERT INTO file_clock (video_id)
    SELECT video_id FROM timing UNION SELECT video_id FROM result UNION SELECT video_id FROM layer UNION SELECT video_id FROM note UNION SELECT video_id FROM decision`);
}

import type { Database } from 'better-sqlite3';

/**
 * Participants of faces, attributes of participants (JSON: names and texts), and conditions of videos and sessions. Before, a condition belonged to a participant alone: a
 * condition given to one video changed all videos of the participant. The participant's condition stays and is used where
 * neither the video nor its session has one.
 */
export function up(database: Database): void {
  database.exec(`ALTER TABLE video ADD COLUMN condition TEXT NOT NULL DEFAULT ''`);
  database.exec(`ALTER TABLE session ADD COLUMN condition TEXT NOT NULL DEFAULT ''`);
  database.exec(`ALTER TABLE participant ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}'`);
  database.exec(`CREATE TABLE face_participant (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    face_id INTEGER NOT NULL,
    participant_id TEXT REFERENCES participant(id),
    condition TEXT NOT NULL DEFAULT '',
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (video_id, face_id)
  ) STRICT`);
}

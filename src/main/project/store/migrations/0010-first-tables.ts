import type { Database } from 'better-sqlite3';

/**
 * The first schema of a project. Times are seconds of the video, spans are half-open. Every editable table has a revision:
 * the project's clock at the last change of the row, so that no revision is used twice. An edit contains the revision that
 * it is based on.
 */
export function up(database: Database): void {
  for (const statement of STATEMENTS) database.exec(statement);
}

const STATEMENTS = [
  `CREATE TABLE IF NOT EXISTS project (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    uuid TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    clock INTEGER NOT NULL DEFAULT 1
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS participant (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, condition TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
    revision INTEGER NOT NULL DEFAULT 1
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, participant_id TEXT REFERENCES participant(id) ON DELETE SET NULL, name TEXT NOT NULL,
    held_at TEXT NOT NULL DEFAULT '', revision INTEGER NOT NULL DEFAULT 1
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS folder (id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, watched INTEGER NOT NULL DEFAULT 0, added_at TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS video (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    sha256 TEXT,
    folder_id TEXT REFERENCES folder(id) ON DELETE SET NULL,
    participant_id TEXT REFERENCES participant(id) ON DELETE SET NULL,
    session_id TEXT REFERENCES session(id) ON DELETE SET NULL,
    duration_s REAL,
    frames INTEGER,
    fps REAL,
    variable_rate INTEGER,
    missing INTEGER NOT NULL DEFAULT 0,
    review TEXT NOT NULL DEFAULT 'new' CHECK (review IN ('new', 'in_review', 'done')),
    added_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS video_by_hash ON video (sha256)`,
  `CREATE TABLE IF NOT EXISTS timing (
    video_id TEXT PRIMARY KEY REFERENCES video(id) ON DELETE CASCADE,
    frames INTEGER NOT NULL,
    packed BLOB NOT NULL,
    facts TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS run (
    id TEXT PRIMARY KEY,
    model_id TEXT NOT NULL, model_sha256 TEXT NOT NULL, trained INTEGER NOT NULL,
    record TEXT NOT NULL,
    started_at TEXT NOT NULL, ended_at TEXT
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS result (
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    summary TEXT NOT NULL,
    PRIMARY KEY (run_id, video_id)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS timeline (
    run_id TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    face_id INTEGER NOT NULL,
    first_slot INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (run_id, video_id, face_id)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS scheme (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL DEFAULT 1) STRICT`,
  `CREATE TABLE IF NOT EXISTS label (
    id TEXT PRIMARY KEY,
    scheme_id TEXT NOT NULL REFERENCES scheme(id) ON DELETE CASCADE,
    name TEXT NOT NULL, colour TEXT NOT NULL, key TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '',
    position INTEGER NOT NULL,
    maps_to TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    UNIQUE (scheme_id, name)
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS coder (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, added_at TEXT NOT NULL, revision INTEGER NOT NULL DEFAULT 1) STRICT`,
  `CREATE TABLE IF NOT EXISTS layer (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('model', 'coder', 'adjudicated')),
    coder_id TEXT REFERENCES coder(id),
    run_id TEXT REFERENCES run(id),
    scheme_id TEXT NOT NULL REFERENCES scheme(id),
    created_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    CHECK ((kind = 'model') = (run_id IS NOT NULL)),
    CHECK ((kind = 'coder') = (coder_id IS NOT NULL))
  ) STRICT`,
  `CREATE UNIQUE INDEX IF NOT EXISTS layer_of_run ON layer (video_id, run_id) WHERE kind = 'model'`,
  `CREATE UNIQUE INDEX IF NOT EXISTS layer_of_coder ON layer (video_id, coder_id, scheme_id) WHERE kind = 'coder'`,
  `CREATE UNIQUE INDEX IF NOT EXISTS layer_adjudicated ON layer (video_id, scheme_id) WHERE kind = 'adjudicated'`,
  `CREATE TABLE IF NOT EXISTS segment (
    id TEXT PRIMARY KEY,
    layer_id TEXT NOT NULL REFERENCES layer(id) ON DELETE CASCADE,
    face_id INTEGER NOT NULL,
    label TEXT NOT NULL,
    start_s REAL NOT NULL, end_s REAL NOT NULL,
    confidence REAL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    proposal_id TEXT,
    model_sha256 TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    CHECK (end_s >= start_s)
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS segment_of_layer ON segment (layer_id, face_id, start_s)`,
  `CREATE TABLE IF NOT EXISTS peak (
    id TEXT PRIMARY KEY,
    layer_id TEXT NOT NULL REFERENCES layer(id) ON DELETE CASCADE,
    face_id INTEGER NOT NULL,
    label TEXT NOT NULL,
    onset_s REAL NOT NULL, apex_s REAL NOT NULL, offset_s REAL NOT NULL,
    intensity REAL, prominence REAL, mask_final REAL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    proposal_id TEXT,
    model_sha256 TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    CHECK (onset_s <= apex_s AND apex_s <= offset_s)
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS peak_of_layer ON peak (layer_id, face_id, apex_s)`,
  `CREATE TABLE IF NOT EXISTS note (
    id TEXT PRIMARY KEY,
    video_id TEXT NOT NULL REFERENCES video(id) ON DELETE CASCADE,
    coder_id TEXT REFERENCES coder(id),
    at_s REAL,
    text TEXT NOT NULL,
    made_at TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS note_of_video ON note (video_id, at_s)`,
  `CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    coder_id TEXT NOT NULL REFERENCES coder(id),
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    changes TEXT NOT NULL,
    made_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'dropped'))
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS journal_of_coder ON journal (coder_id, state, id)`,
];

import type { Database } from 'better-sqlite3';

/**
 * The batch queue. A batch contains jobs that were added together, with one model and one set of options, and becomes one
 * run. A job is one video of a batch. `worker` is the process of a running job (host name and process id), and `seen_at` is
 * its last heartbeat. The job of a dead process waits again.
 */
export function up(database: Database): void {
  for (const statement of STATEMENTS) database.exec(statement);
}

const STATEMENTS = [
  `CREATE TABLE IF NOT EXISTS batch (
    id TEXT PRIMARY KEY,
    model_id TEXT NOT NULL,
    device TEXT NOT NULL,
    threads INTEGER NOT NULL,
    options TEXT NOT NULL,
    run_id TEXT REFERENCES run(id) ON DELETE SET NULL,
    added_at TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE IF NOT EXISTS job (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    batch_id TEXT NOT NULL REFERENCES batch(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    error TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    seen_at TEXT,
    started_at TEXT,
    ended_at TEXT,
    seconds_taken REAL,
    times_real_time REAL,
    UNIQUE (batch_id, path)
  ) STRICT`,
  `CREATE INDEX IF NOT EXISTS job_by_status ON job (status, priority DESC, position)`,
  `CREATE TABLE IF NOT EXISTS queue (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    paused INTEGER NOT NULL DEFAULT 0,
    at_once INTEGER NOT NULL DEFAULT 1 CHECK (at_once BETWEEN 1 AND 64)
  ) STRICT`,
  `INSERT OR IGNORE INTO queue (id) VALUES (1)`,
];

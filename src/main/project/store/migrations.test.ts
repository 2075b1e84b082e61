import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from './migrations.ts';

test('labels before the start of the video are cut at 0 or deleted, and peaks too', () => {
  const database = new SqliteDatabase(':memory:');
  migrate(database, () => undefined, 60);
  database.pragma('foreign_keys = OFF');
  const segment = database.prepare(
    `INSERT INTO segment (id, layer_id, face_id, label, start_s, end_s, made_by, made_at) VALUES (?, 'l', 1, 'x', ?, ?, 'a', 'now')`,
  );
  for (const [id, start, end] of [
    ['before', -2, -1],
    ['across', -0.5, 1],
    ['after', 1, 2],
  ] as const)
    segment.run(id, start, end);
  const peak = database.prepare(
    `INSERT INTO peak (id, layer_id, face_id, label, onset_s, apex_s, offset_s, made_by, made_at) VALUES (?, 'l', 1, 'x', ?, ?, ?, 'a', 'now')`,
  );
  for (const [id, onset, apex] of [
    ['before', -2, -1],
    ['across', -0.5, 1],
  ] as const)
    peak.run(id, onset, apex, 2);
  migrate(database, () => undefined, 110);
  expect(database.prepare('SELECT id, start_s, end_s, comment FROM segment ORDER BY id').raw().all()).toEqual([
    ['across', 0, 1, null],
    ['after', 1, 2, null],
  ]);
  expect(database.prepare('SELECT id, onset_s, apex_s FROM peak').raw().all()).toEqual([['across', 0, 1]]);
});

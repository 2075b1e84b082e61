import { z } from 'zod';
import { StudioError } from '../../shared/app/errors.ts';
import type { ProjectDatabase } from './store/database.ts';
import { NEWEST } from './store/migrations.ts';
import type { Tables } from './store/schema.ts';

/** Referenced tables come first, so that a file can be imported line by line. */
const ORDER = [
  ...([
    'project',
    'participant',
    'session',
    'folder',
    'video',
    'face_participant',
    'trial',
    'signal',
    'signal_block',
    'file_clock',
    'timing',
    'run',
    'face_tracks',
    'result',
    'timeline',
    'mask_map',
  ] as const),
  ...([
    'scheme',
    'label',
    'coder',
    'layer',
    'segment',
    'peak',
    'note',
    'decision',
    'journal',
    'merge_conflict',
    'merged_copy',
    'given_copy',
    'given_video',
  ] as const),
] satisfies readonly (keyof Tables)[];

const FORMAT = 'adatosk-project';

const headSchema = z.object({ format: z.literal(FORMAT), version: z.number().int() });
const valueSchema = z.union([z.string(), z.number(), z.null(), z.object({ base64: z.string() })]);
const lineSchema = z.object({ table: z.enum(ORDER), row: z.record(z.string().regex(/^[a-z_0-9]+$/), valueSchema) });

/**
 * Exports a project as JSON Lines: a header, then one object for each row of each table. Packed columns (timelines, frame
 * times) are base64. Everything except the batch queue is exported, so that the project can be recreated.
 */
export function* projectLines(db: ProjectDatabase): Generator<string> {
  yield `${JSON.stringify({ format: FORMAT, version: NEWEST })}\n`;
  for (const table of ORDER) {
    for (const row of db.rows(db.sql.selectFrom(table as 'segment').selectAll())) {
      const values = Object.entries(row).map(([name, value]: [string, unknown]) => [
        name,
        value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value,
      ]);
      yield `${JSON.stringify({ table, row: Object.fromEntries(values) as unknown })}\n`;
    }
  }
}

/**
 * The schema version of an export. The import creates these tables, inserts the rows and then runs the later migrations.
 * @throws StudioError 'not-a-project', 'project-newer'
 */
export function exportVersion(firstLine: string): number {
  const { version } = parsed(headSchema, firstLine, 1);
  if (version > NEWEST) throw new StudioError('project-newer/export', {});
  return version;
}

/**
 * Imports the lines of an export into a new project, in one transaction. The default rows of the new project are deleted.
 * @throws StudioError 'not-a-project' with the number of an invalid line; 'project-newer' for a newer version
 */
export function readProjectLines(db: ProjectDatabase, lines: Iterable<string>): void {
  db.transaction(() => {
    let number = 0;
    for (const table of [...ORDER].reverse().filter((each) => db.hasTable(each))) db.run(db.sql.deleteFrom(table as 'segment'));
    for (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      if (number === 1) {
        exportVersion(line);
        continue;
      }
      const { table, row } = parsed(lineSchema, line, number);
      const values = Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'object' && value !== null ? Buffer.from(value.base64, 'base64') : value,
      ]);
      try {
        db.run(db.sql.insertInto(table as 'segment').values(Object.fromEntries(values) as never));
      } catch (error) {
        // A full disk is a StudioError; SQLite's own errors mean a column or a row that cannot be in a project.
        throw error instanceof StudioError ? error : new StudioError('not-a-project/line', { line: number }, error);
      }
    }
    if (number === 0) throw new StudioError('not-a-project/empty', {});
  });
}

function parsed<T>(schema: z.ZodType<T>, line: string, number: number): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (error) {
    throw new StudioError('not-a-project/line', { line: number }, error);
  }
}

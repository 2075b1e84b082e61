import { z } from 'zod';
import { StudioError } from '../../shared/app/errors.ts';
import type { ProjectDatabase } from './store/database.ts';
import { NEWEST } from './store/migrations.ts';
import type { Tables } from './store/schema.ts';

/** Parents before what belongs to them, so that a file can be read from its first line to its last. */
const ORDER = [
  ...(['project', 'participant', 'session', 'folder', 'video', 'timing', 'run', 'result', 'timeline', 'mask_map'] as const),
  ...(['scheme', 'label', 'coder', 'layer', 'segment', 'peak', 'note', 'decision', 'journal'] as const),
] satisfies readonly (keyof Tables)[];

const FORMAT = 'adatosk-project';

const headSchema = z.object({ format: z.literal(FORMAT), version: z.number().int() });
const valueSchema = z.union([z.string(), z.number(), z.null(), z.object({ base64: z.string() })]);
const lineSchema = z.object({ table: z.enum(ORDER), row: z.record(z.string().regex(/^[a-z_0-9]+$/), valueSchema) });

/**
 * Everything in a project, one JSON object a line: first what the file is, then each row of each table. Packed columns
 * (timelines, frame times) are base64. Nothing is left out but the batch queue, which is work and no result, so that the
 * project can be made again from it.
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
 * The version of the tables that an export was made with: a project is made of it with these, and then brought up to date.
 * @throws StudioError 'not-a-project', 'project-newer'
 */
export function exportVersion(firstLine: string): number {
  const { version } = parsed(headSchema, firstLine, 1);
  if (version > NEWEST) throw new StudioError('project-newer/export', {});
  return version;
}

/**
 * Reads such lines into a new project, all of them or none. What the new project began with gives way.
 * @throws StudioError 'not-a-project' for other lines, 'project-newer' for those of a newer version; with the line's number
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
      db.run(db.sql.insertInto(table as 'segment').values(Object.fromEntries(values) as never));
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

import { rename, rm } from 'node:fs/promises';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { writeError } from '../../shared/app/errors.ts';
import type { VideoResult } from '../../shared/domain/results.ts';
import { meaningOf } from './data-dictionary.ts';
import type { Table } from './tables.ts';

const TYPES = { text: 'STRING', integer: 'INT32', number: 'DOUBLE', boolean: 'BOOLEAN' } as const;

/**
 * Writes a table as Parquet, with the columns and values of its CSV. Missing values are null. Rows are written in groups, so
 * that memory use does not depend on the size of the table.
 * @throws StudioError with the path if the file cannot be written
 */
export async function writeParquet<R extends VideoResult>(
  path: string,
  table: Table<R>,
  results: AsyncIterable<R>,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  const columns = table.columns.map((name) => ({ name, type: TYPES[meaningOf(name).type], nullable: true }));
  async function* rows(): AsyncGenerator<Record<string, unknown>> {
    for await (const result of results)
      for (const cells of table.rows(result)) yield Object.fromEntries(table.columns.map((name, i) => [name, cells[i] === '' ? null : cells[i]]));
  }
  try {
    await parquetWriteRows({
      writer: fileWriter(temporary),
      rows: rows(),
      columns,
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
}

import { join } from 'node:path';
import type { RunRecord, VideoResult } from '../../../shared/domain/results.ts';
import { AtomicFile, writeAtomically } from '../../formats/atomic-file.ts';
import type { Table } from '../../formats/tables.ts';
import { csvText, TABLES } from '../../formats/tables.ts';

/**
 * Writes timeline.csv, peaks.csv, segments.csv and summary.csv in one pass, then run.json. Only one result is in memory at a
 * time. All tables appear at the end, summary.csv after the others.
 * @throws StudioError 'disk-full' or 'cannot-write'; then the tables that were there are unchanged
 */
export async function writeTables(out: string, results: AsyncIterable<VideoResult>, record: RunRecord): Promise<void> {
  const tables: { readonly table: Table; readonly file: AtomicFile }[] = [];
  try {
    for (const table of TABLES) {
      const file = await AtomicFile.begin(join(out, table.file));
      tables.push({ table, file });
      await writeAll(file, csvText(table.columns, []));
    }
    for await (const result of results) for (const { table, file } of tables) await writeAll(file, csvText(null, table.rows(result)));
    for (const { file } of tables) await file.commit();
  } finally {
    // Nothing is left of a file that was committed.
    for (const { file } of tables) await file.abandon();
  }
  await writeRunRecord(out, record);
}

async function writeAll(file: AtomicFile, pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) await file.write(piece);
}

/** Writes run.json: the settings, the model and the device of a run. @returns the path of the file */
export async function writeRunRecord(out: string, record: RunRecord): Promise<string> {
  const file = join(out, 'run.json');
  await writeAtomically(file, [`${JSON.stringify(record, null, 2)}\n`]);
  return file;
}

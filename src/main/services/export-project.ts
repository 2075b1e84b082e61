import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { StudioError } from '../../shared/errors.ts';
import type { ProjectFormat } from '../../shared/export-formats.ts';
import type { VideoResult } from '../../shared/results.ts';
import { writeAtomically } from '../formats/atomic-file.ts';
import type { ProjectDatabase } from '../project/database.ts';
import { projectLines, readProjectLines } from '../project/open-json.ts';
import { inProject } from '../project/open-project.ts';
import { projectFile } from '../project/project-file.ts';
import { listRuns, readResult, summariesOf } from '../project/recorded-results.ts';
import { prepareOut, writeTables } from './analyse-folder.ts';

/**
 * Writes a run's tables as `analyze` writes them (tables), or everything in the project as open JSON (json).
 * @param run its id; the newest where it is null
 * @returns the files
 * @throws StudioError as openProject does, and for a run that is not there
 */
export function exportProject(folder: string, format: ProjectFormat, run: string | null, out: string): Promise<string[]> {
  return inProject(folder, (db) => writeProject(db, format, run, out));
}

/** The same from a project that is open. */
export async function writeProject(db: ProjectDatabase, format: ProjectFormat, run: string | null, out: string): Promise<string[]> {
  const to = resolve(out);
  await prepareOut(to);
  if (format === 'tables') return exportTables(db, run, to);
  const file = join(to, 'project.jsonl');
  await writeAtomically(file, projectLines(db));
  return [file];
}

async function exportTables(db: ProjectDatabase, id: string | null, out: string): Promise<string[]> {
  const runs = listRuns(db);
  const run = id === null ? runs[0] : runs.find((each) => each.id === id);
  if (run === undefined)
    throw new StudioError(
      'wrong-usage',
      id === null ? 'No run is kept in this project.' : `There is no run ${id} in this project.`,
      'See `adatosk project runs`.',
    );
  const kept = summariesOf(db, run.id);
  const read = (video: string): Promise<VideoResult | undefined> => Promise.resolve(readResult(db, run.id, kept.get(video)!.id));
  await writeTables(
    out,
    [...kept.values()].map(({ summary }) => summary),
    read,
    run.record,
  );
  return ['timeline.csv', 'peaks.csv', 'segments.csv', 'summary.csv', 'run.json'].map((name) => join(out, name));
}

/** Makes a new project of an export (json), all of it or nothing. @throws StudioError where there is a project already */
export async function importProject(file: string, folder: string): Promise<void> {
  const lines: string[] = [];
  const input = createReadStream(file, 'utf8');
  input.on('error', () => undefined);
  try {
    for await (const line of createInterface({ input })) lines.push(line);
  } catch (error) {
    throw new StudioError('file-unreadable', `${file} cannot be read.`, 'Check its name.', error);
  }
  if (existsSync(projectFile(folder)))
    throw new StudioError('wrong-usage', `There is a project in ${folder} already.`, 'Choose an empty folder: an import never changes a project.');
  await inProject(folder, (db) => readProjectLines(db, lines), { create: true });
}

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject, someSegment } from '../../../../testing/project.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { applyEdit } from '../edits.ts';
import { step } from '../../../shared/annotation/steps.ts';
import Database from 'better-sqlite3';
import { makeBackup } from './backups.ts';
import { ProjectDatabase } from './database.ts';
import { backUpDaily, inProject, openProject } from './open-project.ts';
import { sumsFile } from './page-sums.ts';
import { projectFile } from './project-file.ts';
import { restoreProject } from './restore-project.ts';

/** A closed project with labels and a backup. */
async function closedProject(): Promise<string> {
  const project = await makeProject();
  const { ann, annLayer } = furnish(project);
  const rows = Array.from({ length: 40 }, (_, i) => ({ table: 'segment' as const, kind: 'insert' as const, row: someSegment(annLayer, i) }));
  applyEdit(project.db, { coderId: ann, step: step('other', { text: 'test' }), rows });
  backUpDaily(project);
  project.close();
  return project.folder;
}

const copyOf = (folder: string): string => {
  const copy = mkdtempSync(join(tmpdir(), 'adatosk-sums-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
};

/** Puts a new backup in the place of the project. */
function backUpIn(folder: string): void {
  const database = new Database(projectFile(folder));
  const db = new ProjectDatabase(database, projectFile(folder));
  const { file } = makeBackup(join(folder, 'backups'), 'test', (copy) => db.copyTo(copy));
  db.close();
  writeFileSync(projectFile(folder), readFileSync(file));
}

const labelsIn = (folder: string): Promise<unknown[]> => inProject(folder, (db) => db.rows(db.sql.selectFrom('segment').selectAll().orderBy('start_s')));

describe('damage on the disk', () => {
  test('of any single bit is noticed, or changes nothing; the backup has all labels', async () => {
    const folder = await closedProject();
    const labels = await labelsIn(copyOf(folder));
    const bytes = readFileSync(projectFile(folder));
    const random = randomStream(1, 'flips');
    let noticed = 0;
    for (let i = 0; i < 60; i++) {
      const copy = copyOf(folder);
      const damaged = Buffer.from(bytes);
      const at = Math.floor(random() * bytes.length);
      damaged.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(8 * random())), at);
      writeFileSync(projectFile(copy), damaged);
      const shown = await labelsIn(copy).catch((error: unknown) => error);
      if (Array.isArray(shown)) {
        expect(shown).toEqual(labels);
        continue;
      }
      expect(shown).toMatchObject({ code: 'project-damaged' });
      noticed += 1;
      if (i % 10 > 0) continue;
      restoreProject(copy);
      expect(await labelsIn(copy)).toEqual(labels);
    }
    expect(noticed).toBeGreaterThan(55);
  });

  test('of a backup makes it unusable', async () => {
    const folder = await closedProject();
    const [name] = readdirSync(join(folder, 'backups')).filter((each) => each.endsWith('.db'));
    const backup = join(folder, 'backups', name!);
    const bytes = readFileSync(backup);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 4, bytes.length - 20);
    writeFileSync(backup, bytes);
    expect(() => restoreProject(folder, { backup: name })).toThrow(expect.objectContaining({ code: 'backup-unusable' }));
  });
});

describe('the sums of a project', () => {
  test('are deleted by each change and written when a connection closes', async () => {
    const folder = await closedProject();
    const sums = sumsFile(projectFile(folder));
    const [first, second] = [await openProject(folder), await openProject(folder)];
    expect(existsSync(sums)).toBe(true);
    first.db.run(first.db.sql.updateTable('coder').set({ added_at: 'later' }));
    expect(existsSync(sums)).toBe(false);
    first.close();
    expect(existsSync(sums)).toBe(true);
    second.db.run(second.db.sql.updateTable('coder').set({ added_at: 'later still' }));
    expect(existsSync(sums)).toBe(false);
    second.close();
    expect(existsSync(sums)).toBe(true);
    expect(await labelsIn(folder)).toHaveLength(40);
  });

  test('stay as they are after reading alone', async () => {
    const folder = await closedProject();
    const [file, sums] = [projectFile(folder), sumsFile(projectFile(folder))];
    const before = [readFileSync(file), readFileSync(sums), statSync(sums).mtimeMs];
    await labelsIn(folder);
    expect([readFileSync(file), readFileSync(sums), statSync(sums).mtimeMs]).toEqual(before);
  });

  test('are void beside another copy of the project, after a killed process, and where they are damaged', async () => {
    const folder = await closedProject();
    const older = readFileSync(projectFile(folder));
    const edited = await openProject(folder);
    edited.db.run(edited.db.sql.deleteFrom('segment').where('start_s', '>', 10));
    const log = readFileSync(`${projectFile(folder)}-wal`);
    const main = readFileSync(projectFile(folder));
    edited.close();
    // The file of yesterday is put in the place of today's.
    const replaced = copyOf(folder);
    writeFileSync(projectFile(replaced), older);
    expect(await labelsIn(replaced)).toHaveLength(40);
    // A backup of the same moment is put in its place.
    const backedUp = copyOf(folder);
    backUpIn(backedUp);
    expect(await labelsIn(backedUp)).toHaveLength(11);
    // The log of a killed process is beside the file, and the sums are older.
    const killed = copyOf(folder);
    writeFileSync(projectFile(killed), main);
    writeFileSync(`${projectFile(killed)}-wal`, log);
    expect(await labelsIn(killed)).toHaveLength(11);
    expect(await labelsIn(killed)).toHaveLength(11);
    const sums = readFileSync(sumsFile(projectFile(folder)));
    sums.writeUInt8(sums.readUInt8(80) ^ 1, 80);
    writeFileSync(sumsFile(projectFile(folder)), sums);
    expect(await labelsIn(folder)).toHaveLength(11);
  });

  test('leave nothing beside a new project', async () => {
    const { folder, close } = await makeProject();
    close();
    expect(readdirSync(folder).sort()).toEqual(['project.adatosk', 'project.adatosk-sums']);
  });
});

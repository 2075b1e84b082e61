/** Recovery after killed processes, and protection against damaged or foreign files. */
import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { listBackups } from './backups.ts';
import { connect } from './connection.ts';
import { createProject } from './create-project.ts';
import { migrate, NEWEST } from './migrations.ts';
import { backUpDaily, openProject } from './open-project.ts';
import { APPLICATION_ID, PROJECT_FILE, projectFile } from './project-file.ts';
import { restoreProject } from './restore-project.ts';

const root = await temporaryFolder();
let count = 0;
async function folder(): Promise<string> {
  const made = join(root, String((count += 1)));
  await mkdir(made);
  return made;
}

describe('creating a project', () => {
  test('that is killed at any moment leaves a complete project or none, and the next attempt succeeds', async () => {
    const program = fileURLToPath(new URL('./open-project.ts', import.meta.url));
    let [complete, none] = [0, 0];
    // On a slow or busy computer later, until one project is complete.
    for (let kill = 0; kill < 40 || (complete === 0 && kill < 60); kill++) {
      const at = await folder();
      const script = `import { openProject } from ${JSON.stringify(program)}; process.send('ready'); await openProject(${JSON.stringify(at)}, { create: true }); process.send('made'); setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, kill < 40 ? kill * 0.7 : 28 * 1.4 ** (kill - 39)));
      child.kill('SIGKILL');
      await once(child, 'exit');
      if (existsSync(projectFile(at))) complete += 1;
      else none += 1;
      const { db, close } = await openProject(at, { create: true });
      expect(db.rows(db.sql.selectFrom('label').select('name'))).toHaveLength(7);
      expect(db.pragma('user_version')).toBe(NEWEST);
      close();
    }
    // Both outcomes must occur, else the test has not covered the moments in between.
    expect([complete > 0, none > 0]).toEqual([true, true]);
  });

  test('that fails leaves nothing', async () => {
    const at = await folder();
    const fail = (): never => {
      throw new Error('no more');
    };
    expect(() => createProject(at, fail)).toThrow('no more');
    expect(readdirSync(at)).toEqual([]);
  });

  test('never replaces a project', async () => {
    const { folder: at, close } = await makeProject();
    close();
    expect(() => createProject(at)).toThrow(expect.objectContaining({ code: 'project-exists' }));
  });

  test.each([
    ['an empty file', (file: string) => writeFileSync(file, '')],
    ['a database without tables', (file: string) => half(file, [])],
    [
      'half of the first migration',
      (file: string) => half(file, ['CREATE TABLE project (id INTEGER PRIMARY KEY) STRICT', 'CREATE TABLE session (id TEXT) STRICT']),
    ],
    ['all tables without the row of the project', (file: string) => whole(file)],
  ])('of a version before 0.2 that left %s is completed when it is opened', async (_, leave) => {
    const at = await folder();
    leave(projectFile(at));
    const { db, close } = await openProject(at);
    expect(db.rows(db.sql.selectFrom('label').select('name'))).toHaveLength(7);
    close();
  });
});

function half(file: string, statements: readonly string[]): void {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma(`application_id = ${APPLICATION_ID}`);
  for (const statement of statements) database.exec(statement);
  database.close();
}

function whole(file: string): void {
  half(file, []);
  const database = connect(file);
  migrate(database, () => undefined);
  database.close();
}

describe('a migration', () => {
  test('that a version before 0.2 left incomplete is completed, with the bookkeeping of that version', async () => {
    const at = await folder();
    await copyFile(new URL('../../../../testing/fixtures/project-0.1/project.adatosk', import.meta.url), projectFile(at));
    const database = new Database(projectFile(at));
    // Migration 10 is only in the table of Kysely, 20 is partly applied, 30 is missing.
    database.exec(`DELETE FROM kysely_migration WHERE name > '0011'; DROP TABLE mask_map; DROP TABLE queue; PRAGMA user_version = 0`);
    database.close();
    const { db, state, close } = await openProject(at);
    expect(state.migrated.slice(0, 4)).toEqual([20, 30, 40, 50]);
    expect(state.migrated.at(-1)).toBe(NEWEST);
    expect(db.row(db.sql.selectFrom('queue').selectAll())).toEqual({ id: 1, paused: 0, at_once: 1 });
    expect(db.rows(db.sql.selectFrom('job').select(['approval']))).toEqual([{ approval: '' }]);
    expect(listBackups(join(at, 'backups')).map(({ reason }) => reason)).toContain('before-20');
    close();
  });

  test('and its number are one transaction', async () => {
    const at = await folder();
    half(projectFile(at), []);
    const database = connect(projectFile(at));
    // The second statement of migration 20 fails, so that nothing of it is kept.
    migrate(database, () => undefined, 10);
    database.exec('CREATE VIEW job AS SELECT 1');
    expect(() => migrate(database, () => undefined)).toThrow();
    expect(database.pragma('user_version', { simple: true })).toBe(10);
    expect(database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'batch'`).get()).toBeUndefined();
    database.close();
  });
});

describe('restoring a backup', () => {
  async function damaged(): Promise<{ at: string; coder: string }> {
    const project = await makeProject();
    const { ann } = furnish(project);
    backUpDaily(project);
    project.close();
    writeFileSync(projectFile(project.folder), 'no store at all, but long enough to be looked at by the library '.repeat(20));
    return { at: project.folder, coder: ann };
  }

  test('is rejected while the project is open in any process, so that no confirmed edit is lost', async () => {
    const project = await makeProject();
    const { ann } = furnish(project);
    const backup = backUpDaily(project)!;
    const name = backup.file.split('/').at(-1)!;
    expect(() => restoreProject(project.folder, { backup: name })).toThrow(expect.objectContaining({ code: 'project-busy' }));
    project.db.run(project.db.sql.updateTable('coder').set({ name: 'Anna' }).where('id', '=', ann));
    project.close();
    const again = await openProject(project.folder);
    expect(again.db.row(again.db.sql.selectFrom('coder').select('name').where('id', '=', ann))).toEqual({ name: 'Anna' });
    again.close();
  });

  test('of an intact project needs the name of the backup; the former file is kept', async () => {
    const project = await makeProject();
    const { ann } = furnish(project);
    const backup = backUpDaily(project)!;
    project.db.run(project.db.sql.updateTable('coder').set({ name: 'Anna' }).where('id', '=', ann));
    project.close();
    expect(() => restoreProject(project.folder)).toThrow(expect.objectContaining({ code: 'project-sound' }));
    const { kept } = restoreProject(project.folder, { backup: backup.file.split('/').at(-1)! });
    const nameIn = (file: string): unknown => {
      const database = new Database(file, { readonly: true });
      const name = database.prepare('SELECT name FROM coder WHERE id = ?').pluck().get(ann);
      database.close();
      return name;
    };
    expect([nameIn(projectFile(project.folder)), nameIn(kept)]).toEqual(['Ann', 'Anna']);
  });

  test('from a damaged backup is rejected', async () => {
    const { at } = await damaged();
    const [backup] = listBackups(join(at, 'backups'));
    writeFileSync(backup!.file, 'damaged too');
    expect(() => restoreProject(at, { backup: backup!.file.split('/').at(-1)! })).toThrow(expect.objectContaining({ code: 'backup-unusable' }));
  });

  test('that was killed before its last step is completed when the project is opened, without the former log', async () => {
    const { at, coder } = await damaged();
    const [backup] = listBackups(join(at, 'backups'));
    await copyFile(backup!.file, join(at, `.${PROJECT_FILE}.restored-1`));
    writeFileSync(`${projectFile(at)}-wal`, 'a log of the former file');
    const marker = join(at, `.${PROJECT_FILE}.restoring`);
    writeFileSync(marker, JSON.stringify({ restored: `.${PROJECT_FILE}.restored-1`, host: hostname(), pid: 2 ** 22 + 1, at: new Date().toISOString() }));
    const { db, close } = await openProject(at);
    expect(db.row(db.sql.selectFrom('coder').select('name').where('id', '=', coder))).toEqual({ name: 'Ann' });
    expect(existsSync(marker)).toBe(false);
    close();
  });

  test('never removes the project file, so that no new project can be created in between', async () => {
    const { at } = await damaged();
    writeFileSync(join(at, `.${PROJECT_FILE}.restoring`), 'not written by us');
    await expect(openProject(at, { create: true })).rejects.toMatchObject({ code: 'project-damaged' });
    const { kept } = restoreProject(at);
    expect([existsSync(projectFile(at)), existsSync(kept)]).toEqual([true, true]);
  });
});

describe('a project file from another person', () => {
  test.each([
    ['a trigger', `CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM segment; END`],
    ['a view', `CREATE VIEW v AS SELECT * FROM segment`],
  ])('with %s is rejected, and its SQL does not run', async (_, statement) => {
    const { folder: at, close } = await makeProject();
    close();
    const database = new Database(projectFile(at));
    database.exec(statement);
    database.close();
    await expect(openProject(at)).rejects.toMatchObject({ code: 'project-unsafe' });
  });

  test('cannot call SQL functions from its schema: trusted_schema is off', async () => {
    const { db, close } = await makeProject();
    expect(db.pragma('trusted_schema')).toBe(0);
    close();
  });
});

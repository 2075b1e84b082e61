/** What programs that were killed in the middle left, and what may not become of it. */
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
  test('that was killed at any moment leaves a whole project or none, and the next try works', async () => {
    const program = fileURLToPath(new URL('./open-project.ts', import.meta.url));
    let [whole, none] = [0, 0];
    for (let kill = 0; kill < 40; kill++) {
      const at = await folder();
      const script = `import { openProject } from ${JSON.stringify(program)}; process.send('ready'); await openProject(${JSON.stringify(at)}, { create: true }); process.send('made'); setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      await once(child, 'message');
      await new Promise((resolve) => setTimeout(resolve, kill * 0.7));
      child.kill('SIGKILL');
      await once(child, 'exit');
      if (existsSync(projectFile(at))) whole += 1;
      else none += 1;
      const { db, close } = await openProject(at, { create: true });
      expect(db.rows(db.sql.selectFrom('label').select('name'))).toHaveLength(7);
      expect(db.pragma('user_version')).toBe(NEWEST);
      close();
    }
    // Both happened, or the test would not have tried the moments between.
    expect([whole > 0, none > 0]).toEqual([true, true]);
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
    ['a store without tables', (file: string) => half(file, [])],
    [
      'half of the first migration',
      (file: string) => half(file, ['CREATE TABLE project (id INTEGER PRIMARY KEY) STRICT', 'CREATE TABLE session (id TEXT) STRICT']),
    ],
    ['all tables but no name', (file: string) => whole(file)],
  ])('of a version before 0.2 that left %s is finished at the next opening', async (_, leave) => {
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
  test('that was cut short by a version before 0.2 is taken up, with its bookkeeping of then', async () => {
    const at = await folder();
    await copyFile(new URL('../../../../testing/fixtures/project-0.1/project.adatosk', import.meta.url), projectFile(at));
    const database = new Database(projectFile(at));
    // Migration 10 is noted in the table of Kysely's alone; of 20 a part is there; 30 is missing.
    database.exec(`DELETE FROM kysely_migration WHERE name > '0011'; DROP TABLE mask_map; DROP TABLE queue; PRAGMA user_version = 0`);
    database.close();
    const { db, state, close } = await openProject(at);
    expect(state.migrated).toEqual([20, 30, 40, 50]);
    expect(db.row(db.sql.selectFrom('queue').selectAll())).toEqual({ id: 1, paused: 0, at_once: 1 });
    expect(db.rows(db.sql.selectFrom('job').select(['approval']))).toEqual([{ approval: '' }]);
    expect(listBackups(join(at, 'backups')).map(({ reason }) => reason)).toContain('before-20');
    close();
  });

  test('and its number are one transaction', async () => {
    const at = await folder();
    half(projectFile(at), []);
    const database = connect(projectFile(at));
    // The second statement of migration 20 fails: nothing of it stays.
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

  test('is refused while the project is open anywhere, so that no acknowledged edit goes into a renamed file', async () => {
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

  test('of a sound project happens only where the backup is named; what was there is kept', async () => {
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

  test('from a backup that is damaged is refused', async () => {
    const { at } = await damaged();
    const [backup] = listBackups(join(at, 'backups'));
    writeFileSync(backup!.file, 'damaged too');
    expect(() => restoreProject(at, { backup: backup!.file.split('/').at(-1)! })).toThrow(expect.objectContaining({ code: 'backup-unusable' }));
  });

  test('that was killed before its last step is finished at the next opening, without the former log', async () => {
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

  test('never leaves the place empty, in which a new project would be made', async () => {
    const { at } = await damaged();
    writeFileSync(join(at, `.${PROJECT_FILE}.restoring`), 'not written by us');
    await expect(openProject(at, { create: true })).rejects.toMatchObject({ code: 'project-damaged' });
    const { kept } = restoreProject(at);
    expect([existsSync(projectFile(at)), existsSync(kept)]).toEqual([true, true]);
  });
});

describe('a project file from somebody else', () => {
  test.each([
    ['a trigger', `CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM segment; END`],
    ['a view', `CREATE VIEW v AS SELECT * FROM segment`],
  ])('with %s is refused, and nothing of it runs', async (_, statement) => {
    const { folder: at, close } = await makeProject();
    close();
    const database = new Database(projectFile(at));
    database.exec(statement);
    database.close();
    await expect(openProject(at)).rejects.toMatchObject({ code: 'project-unsafe' });
  });

  test('cannot call functions of SQLite from its tables: trusted_schema is off', async () => {
    const { db, close } = await makeProject();
    expect(db.pragma('trusted_schema')).toBe(0);
    close();
  });
});

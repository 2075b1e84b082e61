import Database from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { furnish, makeProject } from '../../../../testing/project.ts';
import { isIntactDatabase, listBackups, makeBackup, removeOldBackups } from './backups.ts';
import { backUpDaily, openProject } from './open-project.ts';
import { restoreProject } from './restore-project.ts';
import { projectFile } from './project-file.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'adatosk-project-'));

describe('opening a project', () => {
  test('always sets write-ahead log, synchronous FULL and foreign keys, so that commits are durable', async () => {
    const { folder: at, close } = await makeProject();
    close();
    for (let time = 0; time < 2; time++) {
      const { db, state, close: end } = await openProject(at);
      expect(state.journal).toBe('wal');
      expect(db.pragma('journal_mode')).toBe('wal');
      expect(db.pragma('synchronous')).toBe(2);
      expect(db.pragma('foreign_keys')).toBe(1);
      end();
    }
  });

  test('in safe mode (network shares) sets no write-ahead log and synchronous EXTRA', async () => {
    const { db, state, close, folder: at } = await makeProject({ journal: 'safe' });
    expect([state.journal, db.pragma('journal_mode'), db.pragma('synchronous')]).toEqual(['safe', 'delete', 3]);
    close();
    const again = await openProject(at, { journal: 'auto' });
    expect(again.state.journal).toBe('wal');
    again.close();
  });

  test('creates the seven classes in a new project', async () => {
    const { db, close } = await makeProject();
    expect(db.rows(db.sql.selectFrom('label').select('name').orderBy('position')).map(({ name }) => name)).toEqual([
      'happiness',
      'sadness',
      'neutral',
      'anger',
      'surprise',
      'disgust',
      'fear',
    ]);
    close();
  });

  test('that does not exist is an error, and nothing is created', async () => {
    const at = folder();
    await expect(openProject(at)).rejects.toMatchObject({ code: 'project-missing' });
    expect(readdirSync(at)).toEqual([]);
  });

  test("rejects another program's database and a text file, and does not change them", async () => {
    const at = folder();
    const other = new Database(projectFile(at));
    other.exec('CREATE TABLE t (a)');
    other.close();
    const before = readFileSync(projectFile(at));
    await expect(openProject(at)).rejects.toMatchObject({ code: 'not-a-project' });
    expect(readFileSync(projectFile(at)).equals(before)).toBe(true);
    writeFileSync(projectFile(at), 'a text that is longer than the header of a database, so that it is read as one and refused as one '.repeat(3));
    await expect(openProject(at)).rejects.toMatchObject({ code: 'project-damaged' });
  });

  test('of a newer version is rejected', async () => {
    const { folder: at, close } = await makeProject();
    close();
    const database = new Database(projectFile(at));
    database.pragma('user_version = 999990');
    database.close();
    await expect(openProject(at)).rejects.toMatchObject({ code: 'project-newer' });
  });

  test('whose folder is a file is an error', async () => {
    const at = folder();
    writeFileSync(join(at, 'taken'), '');
    await expect(openProject(join(at, 'taken'), { create: true })).rejects.toMatchObject({ code: 'cannot-write' });
  });

  test('works for any name: quotes, emoji, other scripts, long names', async () => {
    const at = join(folder(), `it's "mine" 😀 проект`, 'x'.repeat(120), 'y'.repeat(120));
    const { close } = await openProject(at, { create: true });
    close();
    const { state, close: end } = await openProject(at);
    expect(state.folder).toBe(at);
    end();
  });
});

describe('backups', () => {
  test('are complete, verified and made once a day', async () => {
    const project = await makeProject();
    furnish(project);
    const backup = backUpDaily(project)!;
    expect(isIntactDatabase(backup.file)).toBe(true);
    expect(backUpDaily(project)).toBeNull();
    expect(backUpDaily(project, new Date(Date.now() + 90_000_000))).not.toBeNull();
    project.close();
  });

  test('that cannot be verified are deleted', async () => {
    const project = await makeProject();
    const at = join(project.folder, 'backups');
    expect(() => makeBackup(at, 'daily', (path) => writeFileSync(path, 'no store'))).toThrow(/could not be verified/);
    expect(readdirSync(at)).toEqual([]);
    project.close();
  });

  test('are kept for ten days, then one per week for eight weeks; those before migrations for a year', async () => {
    const at = folder();
    const now = new Date('2026-11-24T12:00:00Z');
    const made = (days: number, reason = 'daily'): void => {
      const when = new Date(now.getTime() - days * 86_400_000);
      makeBackup(
        at,
        reason,
        (path) => {
          const store = new Database(path);
          store.pragma(`application_id = ${0x41645473}`);
          store.exec('CREATE TABLE t (a)');
          store.close();
        },
        when,
      );
      const [newest] = readdirSync(at).slice(-1);
      utimesSync(join(at, newest!), when, when);
    };
    for (let day = 0; day < 80; day++) made(day);
    made(200, 'before-20');
    made(400, 'before-10');
    removeOldBackups(at, now);
    const left = listBackups(at);
    expect(left.filter(({ madeAt }) => now.getTime() - madeAt.getTime() <= 10 * 86_400_000)).toHaveLength(11);
    const weekly = left.filter(({ madeAt, reason }) => reason === 'daily' && now.getTime() - madeAt.getTime() > 10 * 86_400_000);
    expect(weekly.length).toBeGreaterThanOrEqual(6);
    expect(weekly.length).toBeLessThanOrEqual(8);
    expect(left.filter(({ reason }) => reason !== 'daily').map(({ reason }) => reason)).toEqual(['before-20']);
  });
});

describe('a damaged project', () => {
  test('is rejected, the newest intact backup replaces it, and the damaged file is kept', async () => {
    const project = await makeProject();
    const { ann } = furnish(project);
    backUpDaily(project);
    project.close();
    const file = projectFile(project.folder);
    truncateSync(file, 4096 * 5 + 100);
    await expect(openProject(project.folder)).rejects.toMatchObject({ code: 'project-damaged' });
    const { kept } = restoreProject(project.folder);
    expect(existsSync(kept)).toBe(true);
    const again = await openProject(project.folder);
    expect(again.db.row(again.db.sql.selectFrom('coder').select('name').where('id', '=', ann))).toEqual({ name: 'Ann' });
    again.close();
  });

  test('without an intact backup is not changed', async () => {
    const { folder: at, close } = await makeProject();
    close();
    const file = projectFile(at);
    truncateSync(file, 5000);
    mkdirSync(join(at, 'backups'));
    writeFileSync(join(at, 'backups', 'project-20261101T000000-daily.db'), 'broken');
    expect(() => restoreProject(at)).toThrow(expect.objectContaining({ code: 'project-damaged' }));
    expect(readFileSync(file)).toHaveLength(5000);
    rmSync(at, { recursive: true });
  });
});

import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { furnish, someSegment } from '../../../../testing/project.ts';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { openTestHost } from '../../../../testing/web-host.ts';
import { step } from '../../../shared/annotation/steps.ts';
import type { AppliedEdit } from '../../../shared/annotation/editable-rows.ts';
import type { StudioEvent } from '../../../shared/contract/events.ts';
import { openProject } from '../../project/store/open-project.ts';
import { CHILD_PROCESSES } from './processes.ts';
import { Studio } from './studio.ts';

const it = await openTestHost();
const known = furnish(it.studio.project);
const file = join(it.folder, 'project', 'project.adatosk');
afterAll(() => it.close());

const addLabel = (): Promise<AppliedEdit> =>
  it.client().edits.apply({
    coderId: known.ann,
    step: step('segment.create', { label: 'happiness' }),
    rows: [{ table: 'segment', kind: 'insert', row: someSegment(known.annLayer, 5) }],
  });

test('while another program writes, an edit waits for it, and windows get their answers', async () => {
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  let isSaved = false;
  const edit = addLabel().then((applied) => {
    isSaved = true;
    return applied;
  });
  const waits: number[] = [];
  for (let i = 0; i < 10; i++) {
    const begun = performance.now();
    await it.client().library.list();
    waits.push(performance.now() - begun);
    await wait(100);
  }
  expect(isSaved).toBe(false);
  other.exec('COMMIT');
  other.close();
  expect((await edit).changes).toHaveLength(1);
  expect(Math.max(...waits)).toBeLessThan(1000);
});

test('a call that waited too long says that another program is writing', async () => {
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  await expect(addLabel()).rejects.toMatchObject({ data: { id: 'project-busy' } });
  other.close();
}, 20_000);

test.skipIf(process.platform === 'win32')('an edit of a project file that was moved, replaced or deleted is an error, and windows are notified', async () => {
  const problems: StudioEvent[] = [];
  const stop = new AbortController();
  const stream = await it.client().project.events(undefined, { signal: stop.signal });
  void (async () => {
    for await (const event of stream) if (event.kind === 'problem') problems.push(event);
  })().catch(() => undefined);
  const lost = { data: { id: 'project-missing/while-open', parameters: { file } } };
  renameSync(file, `${file}.moved`);
  await expect(addLabel()).rejects.toMatchObject(lost);
  await expect.poll(() => problems.length, { timeout: 10_000 }).toBe(1);
  await cp(`${file}.moved`, file);
  await expect(addLabel()).rejects.toMatchObject(lost);
  rmSync(file);
  renameSync(`${file}.moved`, file);
  expect((await addLabel()).changes).toHaveLength(1);
  stop.abort();
});

test('a backup that cannot be made is a message, and the project opens', async () => {
  const folder = await temporaryFolder();
  (await openProject(join(folder, 'project'), { create: true })).close();
  // No folder can be made there, whoever runs the test.
  writeFileSync(join(folder, 'project', 'backups'), '');
  const studio = new Studio({ host: 'web', ...CHILD_PROCESSES });
  const events: StudioEvent[] = [];
  studio.events.publish = (event) => void events.push(event);
  await studio.openProject(join(folder, 'project'), false);
  expect(studio.hasProject).toBe(true);
  expect(events).toContainEqual(expect.objectContaining({ kind: 'problem', id: 'cannot-write/daily-backup' }));
  await studio.close();
});

test.skipIf(process.platform === 'win32')('a project in a read-only folder is rejected with what to do', async () => {
  const folder = await temporaryFolder();
  const project = join(folder, 'archive');
  mkdirSync(project);
  (await openProject(project, { create: true })).close();
  for (const name of readdirSync(project)) chmodSync(join(project, name), 0o444);
  for (const path of [project, folder]) chmodSync(path, 0o555);
  chmodSync(tmpdir(), 0o711);
  // Permissions do not hold for root, who may run the tests.
  const program = `
    const { openProject } = await import(${JSON.stringify(new URL('../../project/store/open-project.ts', import.meta.url).href)});
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    await openProject(${JSON.stringify(project)}).then(() => console.log('opened'), (error) => console.log(error.id, error.remedy));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  for (const path of [folder, project]) chmodSync(path, 0o755);
  expect(stdout).toMatch(/^cannot-write\/project .*copy the project to a folder of your own/);
});

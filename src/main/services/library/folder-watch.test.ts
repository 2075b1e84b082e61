import { appendFile, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeProject } from '../../../../testing/project.ts';
import { ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';
import { cancelJobs, clearFinished, readQueue } from '../../project/batch-queue.ts';
import { watchFolder } from '../../project/library.ts';
import { FolderWatch } from './folder-watch.ts';
import { ownApproval } from '../settings/own-approval.ts';

const approval = ownApproval();

const { db, close } = await makeProject();
const folder = join(await temporaryFolder(), 'arrivals');
await mkdir(folder);
let added = 0;
const problems: unknown[] = [];
// The test starts the scans itself; the timer must not.
const watch = new FolderWatch(
  db,
  () => (added += 1),
  (error) => problems.push(error),
  3_600_000,
);
afterAll(() => {
  watch.stop();
  close();
});
const queued = (): string[] => readQueue(db, approval).jobs.map(({ name }) => name);

test('a new video of a watched folder is queued once, when its size is stable', async () => {
  watchFolder(db, folder, true, approval.signFolder(folder));
  await writeFile(join(folder, 'notes.txt'), 'no video');
  await copyFile(ONE_FACE, join(folder, 'a.mp4'));
  await watch.scan();
  expect(queued()).toEqual([]);
  await appendFile(join(folder, 'a.mp4'), 'more of it');
  await watch.scan();
  expect(queued()).toEqual([]);
  await watch.scan();
  expect([queued(), added]).toEqual([['a.mp4'], 1]);
  await watch.scan();
  expect(queued()).toEqual(['a.mp4']);
});

test('a cancelled and removed job is not queued again', async () => {
  cancelJobs(db);
  clearFinished(db);
  await watch.scan();
  await watch.scan();
  expect(queued()).toEqual([]);
});

test('folders that are missing or no longer watched are ignored', async () => {
  watchFolder(db, folder, false, '');
  watchFolder(db, join(folder, 'gone'), true, approval.signFolder(join(folder, 'gone')));
  await copyFile(ONE_FACE, join(folder, 'b.mp4'));
  await watch.scan();
  await watch.scan();
  expect(queued()).toEqual([]);
});

test('an unreadable folder is reported once, and the other folders are still scanned', async () => {
  watchFolder(db, folder, true, approval.signFolder(folder));
  await watch.scan();
  await watch.scan();
  expect(problems).toMatchObject([{ code: 'file-missing' }]);
  expect(queued()).toContain('b.mp4');
});

test.skipIf(process.platform === 'win32')('a link to nothing in a watched folder is reported once, and the other videos are queued', async () => {
  watchFolder(db, join(folder, 'gone'), false, '');
  problems.length = 0;
  await symlink('/nowhere.mp4', join(folder, 'old.mp4'));
  await copyFile(ONE_FACE, join(folder, 'c.mp4'));
  await watch.scan();
  await watch.scan();
  expect(problems).toMatchObject([{ id: 'file-missing/link' }]);
  expect(queued()).toContain('c.mp4');
});

import { appendFile, copyFile, mkdir, writeFile } from 'node:fs/promises';
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
// Looked at by hand here, not by the clock.
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

test('a new video of a watched folder is queued when it has stopped growing, and only once', async () => {
  watchFolder(db, folder, true, approval.signFolder(folder));
  await writeFile(join(folder, 'notes.txt'), 'no video');
  await copyFile(ONE_FACE, join(folder, 'a.mp4'));
  await watch.look();
  expect(queued()).toEqual([]);
  await appendFile(join(folder, 'a.mp4'), 'more of it');
  await watch.look();
  expect(queued()).toEqual([]);
  await watch.look();
  expect([queued(), added]).toEqual([['a.mp4'], 1]);
  await watch.look();
  expect(queued()).toEqual(['a.mp4']);
});

test('what a person cancelled and cleared away does not come back', async () => {
  cancelJobs(db);
  clearFinished(db);
  await watch.look();
  await watch.look();
  expect(queued()).toEqual([]);
});

test('a folder that is no longer watched, or not there, is left alone', async () => {
  watchFolder(db, folder, false, '');
  watchFolder(db, join(folder, 'gone'), true, approval.signFolder(join(folder, 'gone')));
  await copyFile(ONE_FACE, join(folder, 'b.mp4'));
  await watch.look();
  await watch.look();
  expect(queued()).toEqual([]);
});

test('a folder that cannot be read is a problem once, and the others are looked at all the same', async () => {
  watchFolder(db, folder, true, approval.signFolder(folder));
  await watch.look();
  await watch.look();
  expect(problems).toMatchObject([{ code: 'file-missing' }]);
  expect(queued()).toContain('b.mp4');
});

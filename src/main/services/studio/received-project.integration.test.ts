import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { TestHost } from '../../../../testing/web-host.ts';
import { openTestHost } from '../../../../testing/web-host.ts';
import { command } from '../../../../testing/command.ts';
import { ONE_FACE } from '../../../../testing/videos.ts';
import { checkDetectors } from '../../face/detector-files.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import { knownModel } from '../models/all-models.ts';

const hosts: TestHost[] = [];
afterAll(() => Promise.all(hosts.map((each) => each.close())));

async function host(): Promise<TestHost> {
  const opened = await openTestHost();
  hosts.push(opened);
  return opened;
}

describe('a project from another computer', () => {
  test('starts no job and scans no watched folder before the user approves', async () => {
    const { folder, client, studio } = await host();
    await copyFile(ONE_FACE, join(folder, 'a.mp4'));
    await mkdir(join(folder, 'watched'));
    await client().queue.pause();
    await client().queue.add({ paths: [join(folder, 'a.mp4')], device: 'cpu' });
    await client().library.watch({ folder: join(folder, 'watched'), watched: true });
    const { db } = studio.project;
    // As if the program had ended before the job began.
    db.run(db.sql.updateTable('queue').set({ paused: 0 }));
    await client().project.close();

    // Other settings folders simulate another computer.
    const other = await host();
    await cp(join(folder, 'project'), join(other.folder, 'received'), { recursive: true });
    await other.client().project.open({ folder: join(other.folder, 'received') });
    expect(await other.client().library.folders()).toMatchObject([{ watched: true, isHeld: true }]);
    expect((await other.client().queue.state()).jobs).toMatchObject([{ status: 'waiting', isHeld: true }]);
    const { jobs: before } = await other.client().queue.state();
    // Other work that wakes the queue does not start it either.
    await other.client().queue.resume();
    await other.client().queue.atOnce({ videos: 2 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await other.client().queue.state()).jobs).toEqual(before);

    expect(await other.client().queue.approve()).toEqual({ jobs: 1 });
    expect(await other.client().library.folders()).toMatchObject([{ isHeld: false }]);
    await expect.poll(async () => (await other.client().queue.state()).jobs[0]?.status, { timeout: 60_000 }).toBe('done');
  });

  test('with a model in its own folder is not analysed with that model', async () => {
    const { folder } = await host();
    await cp(join(modelsFolder(), 'adatosk-tiny'), join(folder, 'project', 'model'), { recursive: true });
    await expect(knownModel(join(folder, 'project', 'model'))).rejects.toMatchObject({ code: 'model-missing' });
    await expect(knownModel('adatosk-tiny', 'ff'.repeat(32))).rejects.toMatchObject({ code: 'model-missing' });
    expect((await knownModel('adatosk-tiny')).manifest.id).toBe('adatosk-tiny');
  });

  test('has no fine-tuning that could be kept or discarded here', async () => {
    const { folder, client } = await host();
    const state = { ...(await client().training.state()), phase: 'ready', name: 'kept', model: '/somewhere/kept' };
    await mkdir(join(folder, 'project', 'fine-tuning'));
    await writeFile(join(folder, 'project', 'fine-tuning', 'state.json'), JSON.stringify({ approval: '', request: { name: 'kept' }, state }));
    await client().project.close();
    await client().project.open({ folder: join(folder, 'project') });
    expect((await client().training.state()).phase).toBe('idle');
  });
});

describe('restoring a backup', () => {
  test('closes the open project first: the former file is kept, and later edits are saved', async () => {
    const { client, folder } = await host();
    const studio = client();
    const [backup] = await studio.project.backups({ folder: join(folder, 'project') });
    await studio.people.addCoder({ name: 'Ann' });
    const { kept } = await studio.project.restore({ folder: join(folder, 'project'), backup: backup!.name });
    expect(await studio.people.coders()).toEqual([]);
    expect(kept).toMatch(/project\.adatosk\.replaced-/);
    await studio.people.addCoder({ name: 'Ben' });
    await studio.project.close();
    await studio.project.open({ folder: join(folder, 'project') });
    expect((await studio.people.coders()).map(({ name }) => name)).toEqual(['Ben']);
    await expect(studio.project.restore({ folder: join(folder, 'project') })).rejects.toMatchObject({ data: { code: 'project-sound' } });
  });

  test('is also a command, and another one lists the backups', async () => {
    const { client, folder } = await host();
    await client().project.close();
    const at = join(folder, 'project');
    const { backups } = (await command('project', 'restore', at, '--list', '--json')).json as { backups: { name: string }[] };
    expect(backups).toHaveLength(1);
    expect((await command('project', 'restore', at)).code).toBe(1);
    expect((await command('project', 'restore', at, '--backup', backups[0]!.name, '--json')).json).toMatchObject({ backup: backups[0]!.name });
  });
});

describe('the face detectors', () => {
  test('must be the tested files, else an analysis does not begin', async () => {
    const { folder } = await host();
    await checkDetectors(modelsFolder());
    for (const id of ['blazeface-back', 'blazeface-front']) await cp(join(modelsFolder(), id), join(folder, 'models', id), { recursive: true });
    const file = join(folder, 'models', 'blazeface-back', 'model.onnx');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
    await expect(checkDetectors(join(folder, 'models'))).rejects.toMatchObject({ code: 'model-invalid' });
  });

  test('are listed in run.json with their hashes', async () => {
    const { folder } = await host();
    await copyFile(ONE_FACE, join(folder, 'a.mp4'));
    await command('analyze', join(folder, 'a.mp4'), '--out', join(folder, 'out'), '--device', 'cpu');
    const { faceDetectors } = JSON.parse(await readFile(join(folder, 'out', 'run.json'), 'utf8')) as { faceDetectors: { id: string; sha256: string }[] };
    expect(faceDetectors.map(({ id }) => id)).toEqual(['blazeface-back', 'blazeface-front']);
    expect(faceDetectors[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

import { step } from '../../../shared/annotation/steps.ts';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../../../testing/command.ts';
import { checkpointOf, videoMaeEncoder } from '../../../../testing/pytorch-file.ts';
import { someSegment } from '../../../../testing/project.ts';
import { openTestHost } from '../../../../testing/web-host.ts';
import { ONE_FACE, temporaryFolder, TWO_FACES } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { createSegment } from '../../../shared/annotation/segment-edits.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { addCoder, layersOf, readLayer } from '../../project/review.ts';

const host = await openTestHost();
const client = host.client();
const { studio } = host;
let before = '';

/** Four analysed videos of four people. Ann labels two spans in each. */
beforeAll(async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'videos'));
  for (const [i, from] of [ONE_FACE, TWO_FACES, ONE_FACE, TWO_FACES].entries()) await copyFile(from, join(folder, 'videos', `${i}.mp4`));
  const { code } = await command('analyze', join(folder, 'videos'), '--out', join(folder, 'out'), '--project', join(folder, 'project'), '--device', 'cpu');
  expect(code).toBe(0);
  const { db } = await studio.openProject(join(folder, 'project'), false);
  const ann = addCoder(db, 'Ann');
  const by = { name: 'Ann', at: '2026-11-24T10:00:00.000Z', newId };
  for (const [i, video] of allVideos(db).entries()) {
    const [layer, person] = [newId(), newId()];
    const rows: RowEdit[] = [
      { table: 'participant', kind: 'insert', row: { id: person, code: `P${i}`, condition: '', note: '', attributes: '{}' } },
      { table: 'video', kind: 'update', id: video.id, revision: video.revision, set: { participant_id: person } },
      {
        table: 'layer',
        kind: 'insert',
        row: { id: layer, video_id: video.id, kind: 'coder', coder_id: ann.id, run_id: null, scheme_id: 'seven-expressions', created_at: by.at },
      },
      createSegment(layer, 1, 'happiness', { startS: 0.2, endS: 1.4 }, by),
      createSegment(layer, 1, 'surprise', { startS: 1.4, endS: 2.4 }, by),
    ];
    applyEdit(db, { coderId: ann.id, step: step('other', { text: 'test' }), rows });
  }
  before = everything();
}, 120_000);

/** All layers of all videos, as text. */
const everything = (): string => {
  const { db } = studio.project;
  return JSON.stringify(allVideos(db).map(({ id }) => layersOf(db, id).map((layer) => [layer, readLayer(db, layer.id)])));
};

async function until(phases: readonly string[]): Promise<Awaited<ReturnType<typeof client.training.state>>> {
  for (let i = 0; i < 900; i++) {
    const state = await client.training.state();
    if (phases.includes(state.phase)) return state;
    if (state.phase === 'failed' && !phases.includes('failed')) throw new Error(JSON.stringify(state.problem));
    await wait(100);
  }
  throw new Error(`it is still ${(await client.training.state()).phase}`);
}

describe('fine-tuning in the program', () => {
  const request = { name: 'Ours, 1', layer: 'Ann', from: 'adatosk-tiny', rounds: 40 };

  test('makes a set, measures, trains, pauses, continues after the project was closed, and measures again', async () => {
    await client.training.begin(request);
    await expect(client.training.begin(request)).rejects.toMatchObject({ data: { code: 'wrong-usage' } });
    await until(['training']);
    for (let i = 0; i < 200 && (await client.training.state()).losses.length === 0; i++) await wait(100);
    await client.training.pause();
    const paused = await until(['paused']);
    expect(paused.losses.length).toBeGreaterThan(0);
    const folder = studio.project.state.folder;
    await studio.close();
    await studio.openProject(folder, false);
    expect(await client.training.state()).toMatchObject({ phase: 'paused', name: request.name });
    await client.training.resume();
    const ready = await until(['ready']);
    expect(ready.clips).toMatchObject({ train: expect.any(Number) as number });
    expect(ready.clips!.train + ready.clips!.validation + ready.clips!.test).toBe(8);
    expect([ready.before!.people, ready.after!.people]).toEqual([ready.after!.people, ready.before!.people]);
    expect(ready.after!.clips).toBe(ready.before!.clips);
    expect(ready.after!.clips).toBeGreaterThan(0);
    for (const { uar, war } of [ready.before!, ready.after!]) for (const share of [uar, war]) expect(share !== null && share >= 0 && share <= 1).toBe(true);
    // The images of faces are deleted. Labels and the first run have not changed.
    expect(existsSync(join(folder, 'fine-tuning', 'set'))).toBe(false);
    expect(everything()).toBe(before);
  });

  test('a kept model is listed with its card and can analyse; the original model is still listed', async () => {
    const { model } = await client.training.keep();
    expect(await client.training.state()).toMatchObject({ phase: 'idle' });
    const models = await client.about.models();
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['adatosk-tiny', model]));
    expect(models.find(({ id }) => id === model)!.card).toContain('Trained by its user');
    await expect(client.training.begin(request)).rejects.toMatchObject({ data: { id: 'wrong-usage/model-name' } });
    const [video] = await client.library.list();
    await client.queue.add({ videos: [video!.id], model, device: 'cpu' });
    for (let i = 0; i < 300 && (await client.runs.list()).length < 2; i++) await wait(100);
    expect((await client.runs.list()).map((run) => run.model)).toEqual(['ours-1', 'adatosk-tiny']);
  });

  test('an encoder from a checkpoint of PyTorch is imported and fine-tuned', async () => {
    const file = join(await temporaryFolder(), 'videomae.pth');
    await writeFile(file, checkpointOf(videoMaeEncoder(192, 12)));
    const { model, notes } = await client.training.importModel({ file });
    expect(notes.map(({ id }) => id)).toEqual(['import/blocks', 'import/last-blocks', 'import/random-parts']);
    expect((await client.about.models()).find(({ id }) => id === model)).toMatchObject({ name: 'videomae', trained: false });
    await client.training.begin({ ...request, name: 'From VideoMAE', from: model, rounds: 1 });
    const { before: untrained, after, losses } = await until(['ready']);
    expect(losses.length).toBeGreaterThan(0);
    for (const measured of [untrained, after]) expect(measured!.clips).toBeGreaterThan(0);
    // With this few labels only the head learns, so the encoder stays the imported one.
    const { model: kept } = await client.training.keep();
    const [imported, tuned] = await Promise.all([model, kept].map(async (folder) => readOnnx(await readFile(join(folder, 'model.onnx'))).weights));
    expect(tuned!.get('blocks.7.attn.v.weight')).toEqual(imported!.get('blocks.7.attn.v.weight'));
    expect(tuned!.get('head.fc2.weight')).not.toEqual(imported!.get('head.fc2.weight'));
  });

  test('labels of action units alone train their head, and proposals of expressions stay as they are', async () => {
    const { db } = studio.project;
    const fay = addCoder(db, 'Fay');
    const by = { name: 'Fay', at: '2026-11-24T10:00:00.000Z', newId };
    for (const { id } of allVideos(db)) {
      const layer = newId();
      const unit = (label: string, start: number, end_s: number, modifiers: string | null): RowEdit => ({
        table: 'segment',
        kind: 'insert',
        row: someSegment(layer, start, { label, end_s, modifiers, made_by: by.name }),
      });
      const rows: RowEdit[] = [
        {
          table: 'layer',
          kind: 'insert',
          row: { id: layer, video_id: id, kind: 'coder', coder_id: fay.id, run_id: null, scheme_id: 'seven-expressions', created_at: by.at },
        },
        unit('AU12', 0.2, 1.2, 'D'),
        unit('AU4', 1.4, 2.2, null),
      ];
      applyEdit(db, { coderId: fay.id, step: step('other', { text: 'test' }), rows });
    }
    expect((await client.training.material({ layer: 'Fay' })).units).toEqual([
      { unit: 4, labels: 4, people: 4 },
      { unit: 12, labels: 4, people: 4 },
    ]);
    await client.training.begin({ ...request, name: 'Units', layer: 'Fay' });
    const { clips, after, notes, model } = await until(['ready']);
    expect(clips!.train + clips!.validation + clips!.test).toBe(4);
    expect(after).toMatchObject({ uar: null, units: [expect.objectContaining({ unit: 4 }), expect.objectContaining({ unit: 12 })] });
    expect(notes.map(({ id }) => id)).toContain('train/units');
    const [first, trained] = await Promise.all(
      [join(modelsFolder(), 'adatosk-tiny'), model!].map(async (folder) => readOnnx(await readFile(join(folder, 'model.onnx')))),
    );
    const changed = [...trained!.weights].filter(([name, { values }]) => !values.every((value, i) => value === first!.weights.get(name)?.values[i]));
    expect(changed.map(([name]) => name)).toEqual(['units.fc.weight', 'units.fc.bias']);
    await client.training.discard();
  });

  test('a discarded model is deleted, and too few people are reported', async () => {
    await client.training.begin({ ...request, name: 'Second', rounds: 1 });
    await until(['ready']);
    const { model } = await client.training.state();
    await client.training.discard();
    expect(existsSync(model!)).toBe(false);
    await client.training.begin({ ...request, name: 'Third', layer: 'Nobody' });
    const failed = await until(['failed']);
    expect(failed.problem).toMatchObject({ id: 'wrong-usage/no-label-for-set', parameters: { layer: 'Nobody' } });
    await client.training.discard();
    expect(await client.training.state()).toMatchObject({ phase: 'idle' });
  });
});

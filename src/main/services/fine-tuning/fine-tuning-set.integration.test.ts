import { step } from '../../../shared/annotation/steps.ts';
import { parse } from 'csv-parse/sync';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command } from '../../../../testing/command.ts';
import { ONE_FACE, temporaryFolder, TWO_FACES } from '../../../../testing/videos.ts';
import type { RowEdit } from '../../../shared/annotation/editable-rows.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { FineTuningForm, FineTuningOptions } from '../../../shared/domain/fine-tuning.ts';
import { FINE_TUNING_FORMS, fineTuningOptionsSchema } from '../../../shared/domain/fine-tuning.ts';
import { assignGroups, connectedGroups } from '../../../shared/domain/stratified-groups.ts';
import { createSegment } from '../../../shared/annotation/segment-edits.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { probeVideo } from '../../media/probe.ts';
import { applyEdit, newId } from '../../project/edits.ts';
import { allVideos } from '../../project/library.ts';
import { inProject } from '../../project/store/open-project.ts';
import { addCoder } from '../../project/review.ts';
import { readFaceSet } from '../../training/data/face-set.ts';
import { readClipSet } from '../../training/data/clip-set.ts';
import { startChildProcessEngine } from '../studio/processes.ts';
import { chooseLabels, trainingMaterial } from './fine-tuning-labels.ts';
import { fineTuningSetOf } from '../studio/project-overview.ts';
import { notice } from '../../../shared/app/notices.ts';

let project = '';

/** Two analysed videos. Ann has labels for three faces, and Ben agrees with some of them. */
beforeAll(async () => {
  const folder = await temporaryFolder();
  project = join(folder, 'project');
  await mkdir(join(folder, 'videos'));
  await copyFile(ONE_FACE, join(folder, 'videos', 'one.mp4'));
  await copyFile(TWO_FACES, join(folder, 'videos', 'two.mp4'));
  const { code, stderr } = await command('analyze', join(folder, 'videos'), '--out', join(folder, 'out'), '--project', project, '--device', 'cpu');
  expect(stderr + code).toMatch(/0$/);
  await inProject(project, (db) => {
    const [one, two] = allVideos(db) as unknown as [{ id: string }, { id: string }];
    const labels: Record<string, [string, number, string, number, number][]> = {
      Ann: [
        [one.id, 1, 'happiness', 0.5, 1.5],
        [one.id, 1, 'boredom', 1.5, 2.5],
        [two.id, 1, 'surprise', 0.4, 1.6],
        [two.id, 2, 'fear', 0.4, 1.4],
        [two.id, 2, 'anger', 1.5, 1.6],
      ],
      Ben: [
        [one.id, 1, 'happiness', 0.7, 1.5],
        [two.id, 1, 'fear', 0.4, 1.6],
      ],
    };
    for (const [name, rows] of Object.entries(labels)) {
      const coder = addCoder(db, name);
      const layers = new Map([...new Set(rows.map(([video]) => video))].map((video) => [video, newId()]));
      const by = { name, at: '2026-11-24T10:00:00.000Z', newId };
      const making = [...layers].map(([video_id, id]): RowEdit => ({
        table: 'layer',
        kind: 'insert',
        row: { id, video_id, kind: 'coder', coder_id: coder.id, run_id: null, scheme_id: 'seven-expressions', created_at: by.at },
      }));
      const made = rows.map(([video, face, label, startS, endS]) => createSegment(layers.get(video)!, face, label, { startS, endS }, by));
      applyEdit(db, { coderId: coder.id, step: step('other', { text: 'test' }), rows: [...making, ...made] });
    }
  });
}, 60_000);

const never = new AbortController().signal;
const options = (more: Partial<FineTuningOptions> & { form: FineTuningForm }): FineTuningOptions =>
  fineTuningOptionsSchema.parse({ layer: 'Ann', shares: [1, 0, 0], ...more });
const make = async (more: Parameters<typeof options>[0]) =>
  fineTuningSetOf(project, options(more), join(await temporaryFolder(), 'set'), startChildProcessEngine, { onProgress: () => undefined }, never);

describe('labels for a set', () => {
  const chosen = (more: Partial<FineTuningOptions>) =>
    inProject(project, (db) => chooseLabels(db, options({ form: 'references', ...more }))).then(({ chosen: labels, notes }) => ({
      labels: labels.map(({ segment, label, startS, endS, agreement }) => [
        label === null ? null : EXPRESSIONS[label],
        segment.face_id,
        startS,
        endS,
        agreement,
      ]),
      notes,
    }));

  test('are mapped to classes; labels without a class and too short ones are reported', async () => {
    const { labels, notes } = await chosen({});
    expect(labels).toEqual([
      ['happiness', 1, 0.5, 1.5, 1],
      ['surprise', 1, 0.4, 1.6, 0],
      ['fear', 2, 0.4, 1.4, 0],
    ]);
    expect(notes).toEqual([notice('set/no-class', { count: 1, label: 'boredom' }), notice('set/short', { count: 1, limit: 0.3 })]);
    expect((await chosen({ mapping: { boredom: 'neutral', surprise: null } })).labels.map(([label]) => label)).toEqual(['happiness', 'neutral', 'fear']);
  });

  test('can be counted before a fine-tuning', async () => {
    const material = (layer: string) => inProject(project, (db) => trainingMaterial(db, options({ form: 'faces', layer })));
    const { classes, ...rest } = await material('Ann');
    expect(Object.fromEntries(EXPRESSIONS.map((name, i) => [name, classes[i]]))).toMatchObject({
      happiness: { labels: 1, people: 1 },
      surprise: { labels: 1, people: 1 },
      fear: { labels: 1, people: 1 },
      anger: { labels: 0, people: 0 },
    });
    // No participants are assigned to the two videos.
    expect(rest).toMatchObject({ people: 3, unnamed: 2, notes: [{ id: 'set/no-class', parameters: { label: 'boredom' } }, { id: 'set/short' }] });
    expect(await material('Nobody')).toMatchObject({ people: 0, unnamed: 0, notes: [] });
  });

  test('can be limited by agreement and to a window around the apex', async () => {
    expect((await chosen({ minAgreement: 0.5 })).labels).toHaveLength(1);
    expect((await chosen({ window: 0.6 })).labels[0]).toEqual(['happiness', 1, 0.7, 1.3, 1]);
    await expect(chosen({ layer: 'Nobody' })).rejects.toMatchObject({ code: 'wrong-usage' });
  });
});

describe('a fine-tuning set', () => {
  test.each(FINE_TUNING_FORMS)('%s has clips, lists, provenance and a card', async (form) => {
    const { out, report } = await make({ form });
    const clips = form === 'references' ? 2 : 3;
    expect(report.clips).toBe(clips);
    const provenance = parse(await readFile(join(out, 'provenance.csv')), { columns: true }) as Record<string, string>[];
    expect(provenance.map(({ label, video, made_by }) => [label, video, made_by]).slice(0, 2)).toEqual([
      ['happiness', 'one.mp4', 'Ann'],
      // The second face is larger: only the main face of a video can be referenced.
      [form === 'references' ? 'fear' : 'surprise', 'two.mp4', 'Ann'],
    ]);
    expect(await readFile(join(out, 'README.md'), 'utf8')).toContain(`${clips} clips`);
    await CHECKS[form](out);
    expect(await readFile(join(out, 'classes.txt'), 'utf8')).toBe(`${EXPRESSIONS.join('\n')}\n`);
  });

  const CHECKS: Record<FineTuningForm, (out: string) => Promise<void>> = {
    references: async (out) => {
      const rows = await readClipSet(join(out, 'clips.csv'));
      expect(rows.map(({ label, startS, endS, split, participant }) => [EXPRESSIONS[label!], startS, endS, split, participant])).toEqual([
        ['happiness', 0.5, 1.5, 'train', 'one.mp4'],
        // Two faces without participants are two people.
        ['fear', 0.4, 1.4, 'train', 'two.mp4 face 2'],
      ]);
      expect(JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as { notes: string[]; noteCodes: unknown[] }).toMatchObject({
        notes: expect.arrayContaining([expect.stringContaining('smaller face')]) as unknown,
        noteCodes: expect.arrayContaining([expect.objectContaining({ id: 'set/other-faces' })]) as unknown,
      });
    },
    faces: async (out) => {
      const { set, clips } = await readFaceSet(out);
      expect([set.side, set.rate]).toEqual([112, 10]);
      expect(clips.map(({ clip }) => [EXPRESSIONS[clip.label!], clip.samples])).toEqual([
        ['happiness', 10],
        ['surprise', 12],
        ['fear', 10],
      ]);
    },
    videomae: async (out) => {
      const lines = (await readFile(join(out, 'train.csv'), 'utf8')).trim().split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line).toMatch(/^clips\/\d{5}\.mp4 [046]$/);
      const { timing, stream } = await probeVideo(join(out, lines[0]!.split(' ')[0]!));
      expect([stream.width, stream.height, timing.frames]).toEqual([224, 224, 25]);
      // The form is also a valid clip set of this program.
      expect((await readClipSet(out)).map(({ label }) => label)).toEqual([0, 4, 6]);
    },
    frames: async (out) => {
      // MAE-DFER takes the label from the second column, VideoMAE V2 the number of frames there.
      const [folder, label, ...more] = (await readFile(join(out, 'train.csv'), 'utf8')).split('\n')[0]!.split(' ');
      expect([label, more]).toEqual(['0', []]);
      expect((await readFile(join(out, 'rawframes_train.csv'), 'utf8')).split('\n')[0]).toBe(`${folder} 25 0`);
      expect((await readdir(join(out, folder!))).length).toBe(25);
    },
    dfew: async (out) => {
      const [train, heldOut] = await Promise.all(
        ['train', 'test'].map(async (part) => {
          const names: string[] = [];
          for (let fold = 1; fold <= 5; fold++) {
            const rows = parse(await readFile(join(out, 'EmoLabel_DataSplit', `${part}(single-labeled)`, `set_${fold}.csv`)), { columns: true }) as {
              video_name: string;
            }[];
            names.push(...rows.map(({ video_name }) => video_name));
          }
          return names;
        }),
      );
      // Each person is in the test part of one fold and in the training part of the other four.
      expect([heldOut!.length, new Set(heldOut).size, train!.length]).toEqual([3, 3, 12]);
      for (const name of heldOut!) expect((await readdir(join(out, 'Clip', 'clip_224x224_16f', name.padStart(5, '0')))).length).toBe(16);
    },
    videofolder: async (out) => {
      // Hugging Face reads the table in the folder of each split, with paths from there.
      const rows = parse(await readFile(join(out, 'train', 'metadata.csv')), { columns: true }) as { file_name: string; label: string }[];
      for (const { file_name, label } of rows) {
        expect(file_name.startsWith(`${label}/`)).toBe(true);
        expect(existsSync(join(out, 'train', file_name))).toBe(true);
      }
      expect(existsSync(join(out, 'metadata.csv'))).toBe(false);
      expect(rows).toHaveLength(3);
      expect((await readdir(join(out, 'train'))).sort()).toEqual([...EXPRESSIONS, 'metadata.csv'].sort());
    },
  };

  test('can be anonymous, and needs an empty folder', async () => {
    const { out } = await make({ form: 'faces', anonymise: true });
    const all =
      (await readFile(join(out, 'provenance.csv'), 'utf8')) +
      (await readFile(join(out, 'faces.json'), 'utf8')) +
      (await readFile(join(out, 'README.md'), 'utf8'));
    expect(all).not.toMatch(/Ann|one\.mp4|two\.mp4/);
    expect(all).toMatch(/P001.*V001.*C001/s);
    await expect(make({ form: 'references', anonymise: true })).rejects.toMatchObject({ id: 'wrong-usage/references-anonymous' });
    await expect(
      fineTuningSetOf(project, options({ form: 'faces' }), out, startChildProcessEngine, { onProgress: () => undefined }, never),
    ).rejects.toMatchObject({ code: 'wrong-usage' });
  });
});

test('names that are joined over several steps are one group', () => {
  const groupOf = connectedGroups([
    ['a', 'x'],
    ['b', 'y'],
    ['c', 'x'],
    ['c', 'y'],
    ['d', 'z'],
  ]);
  expect(new Set(['a', 'b', 'c', 'x', 'y'].map(groupOf)).size).toBe(1);
  expect(groupOf('d')).not.toBe(groupOf('a'));
  expect(groupOf('other')).toBe('other');
});

test('groups are never split, and every class has nearly the requested shares', () => {
  const random = randomStream(3, 'groups');
  const groups = Array.from({ length: 60 }, (_, i) => ({ name: `P${i}`, counts: [0, 1, 2].map((c) => Math.floor(random() * (8 - 2 * c))) }));
  const parts = assignGroups(groups, [0.7, 0.15, 0.15], randomStream(1, 'x'));
  expect(parts.size).toBe(60);
  for (let c = 0; c < 3; c++) {
    const total = groups.reduce((sum, { counts }) => sum + counts[c]!, 0);
    const share = (part: number): number => groups.filter(({ name }) => parts.get(name) === part).reduce((sum, { counts }) => sum + counts[c]!, 0) / total;
    expect(share(0)).toBeGreaterThan(0.62);
    expect(share(0)).toBeLessThan(0.78);
    for (const part of [1, 2]) expect(Math.abs(share(part) - 0.15)).toBeLessThan(0.06);
  }
  expect(assignGroups([{ name: 'a', counts: [3] }], [0.7, 0.15, 0.15], () => 0).get('a')).toBe(0);
});

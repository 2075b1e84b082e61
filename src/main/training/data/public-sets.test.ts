import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { readClipSet } from './clip-set.ts';

/** Makes a set: files with their contents; those of videos are empty, because only their names are read. */
async function made(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** Names of the videos of a split with their classes. */
async function read(folder: string, split: string | null, fold: number | null = null): Promise<string[]> {
  const rows = await readClipSet(folder, fold);
  return rows.filter((row) => row.split === split).map(({ path, label }) => `${path.slice(folder.length + 1)} ${EXPRESSIONS[label ?? -1]}`);
}

describe('public sets in the layout of their authors', () => {
  test('DFEW: five folds, classes from 1, videos by their numbers in any folder', async () => {
    const list = (...lines: string[]): string => ['video_name,label', ...lines, ''].join('\r\n');
    const folder = await made({
      'EmoLabel_DataSplit/train(single-labeled)/set_1.csv': list('1,1', '2,7'),
      'EmoLabel_DataSplit/test(single-labeled)/set_1.csv': list('3,2'),
      'EmoLabel_DataSplit/train(single-labeled)/set_2.csv': list('3,2'),
      'EmoLabel_DataSplit/test(single-labeled)/set_2.csv': list('00001,1', '2,7'),
      'Clip/original/part_1/1.mp4': '',
      'Clip/original/part_1/00002.mp4': '',
      'Clip/original/part_2/3.mp4': '',
    });
    expect(await read(folder, 'train')).toEqual(['Clip/original/part_1/1.mp4 happiness', 'Clip/original/part_1/00002.mp4 fear']);
    expect(await read(folder, 'test')).toEqual(['Clip/original/part_2/3.mp4 sadness']);
    expect(await read(folder, 'test', 2)).toEqual(['Clip/original/part_1/1.mp4 happiness', 'Clip/original/part_1/00002.mp4 fear']);
    await expect(read(folder, 'test', 6)).rejects.toMatchObject({ id: 'wrong-usage/fold' });
  });

  test('FERV39k: one division, videos by their place', async () => {
    const folder = await made({
      '4_setups/All_scenes/train_All.csv': 'Action/Happy/0267 Happy\nDaily Life/Sad/0001 Sad\n'.replace('Daily Life', 'DailyLife'),
      '4_setups/All_scenes/test_All.csv': 'Action/Angry/0001 Angry\n',
      '2_ClipsforFaceCrop/Action/Happy/0267.mp4': '',
      '2_ClipsforFaceCrop/DailyLife/Sad/0001.mp4': '',
      '2_ClipsforFaceCrop/Action/Angry/0001.mp4': '',
    });
    expect(await read(folder, 'train')).toEqual(['2_ClipsforFaceCrop/Action/Happy/0267.mp4 happiness', '2_ClipsforFaceCrop/DailyLife/Sad/0001.mp4 sadness']);
    expect(await read(folder, 'test')).toEqual(['2_ClipsforFaceCrop/Action/Angry/0001.mp4 anger']);
  });

  test('MAFW: five folds, classes as names or numbers, its further classes left out', async () => {
    const lists = 'Train & Test Set/single/no_caption/set_1';
    const folder = await made({
      [`${lists}/train.txt`]: '00001.mp4 1\n00002.mp4 contempt\n00003.mp4 8\n',
      [`${lists}/test.txt`]: '00004.mp4 surprise\n',
      ...Object.fromEntries(['00001', '00002', '00003', '00004'].map((name) => [`data/clips/${name}.mp4`, ''])),
    });
    expect(await read(folder, 'train')).toEqual(['data/clips/00001.mp4 anger']);
    expect(await read(folder, 'test')).toEqual(['data/clips/00004.mp4 surprise']);
  });

  const actors = Array.from({ length: 10 }, (_, i) => String(i + 1).padStart(2, '0'));

  test('RAVDESS: the same pictures once, calm and sound left out, actors in one fold each', async () => {
    const names = actors.flatMap((actor) => [
      `01-01-03-01-01-01-${actor}`,
      `02-01-03-01-01-01-${actor}`,
      `02-01-04-01-01-01-${actor}`,
      `01-01-02-01-01-01-${actor}`,
    ]);
    const folder = await made({
      ...Object.fromEntries(names.map((name) => [`Actor_${name.slice(-2)}/${name}.mp4`, ''])),
      'Actor_01/03-01-05-01-01-01-01.wav': '',
    });
    const rows = await readClipSet(folder);
    expect(rows).toHaveLength(20);
    expect(rows.slice(0, 2).map(({ from, label, participant, group, split }) => [from, EXPRESSIONS[label!], participant, group, split])).toEqual([
      ['Actor_01/01-01-03-01-01-01-01.mp4', 'happiness', 'Actor 01', 'men', null],
      ['Actor_01/02-01-04-01-01-01-01.mp4', 'sadness', 'Actor 01', 'men', null],
    ]);
    const tested = await Promise.all([1, 2, 3, 4, 5].map((fold) => readClipSet(folder, fold)));
    const people = tested.map((own) => new Set(own.filter(({ split }) => split === 'test').map(({ participant }) => participant)));
    expect(people.map(({ size }) => size)).toEqual([2, 2, 2, 2, 2]);
    expect(new Set(people.flatMap((own) => [...own])).size).toBe(10);
    for (const own of tested)
      for (const clips of Map.groupBy(own, ({ participant }) => participant).values()) expect(new Set(clips.map(({ split }) => split)).size).toBe(1);
  });

  test('CREMA-D: actors as participants', async () => {
    const folder = await made(Object.fromEntries(actors.map((actor) => [`VideoFlash/10${actor}_DFA_${actor === '01' ? 'NEU' : 'ANG'}_XX.flv`, ''])));
    const rows = await readClipSet(folder);
    expect(rows.slice(0, 2).map(({ label, participant }) => [EXPRESSIONS[label!], participant])).toEqual([
      ['neutral', '1001'],
      ['anger', '1002'],
    ]);
  });

  test('without videos, with some missing, and folds of other sets are errors that say what to do', async () => {
    const lists = {
      'EmoLabel_DataSplit/train(single-labeled)/set_1.csv': 'video_name,label\n1,1\n2,1\n',
      'EmoLabel_DataSplit/test(single-labeled)/set_1.csv': 'video_name,label\n3,9\n',
    };
    await expect(readClipSet(await made(lists))).rejects.toMatchObject({ id: 'data-set-invalid/public-set' });
    await expect(readClipSet(await made({ ...lists, 'Clip/1.mp4': '', 'Clip/3.mp4': '' }))).rejects.toMatchObject({
      id: 'data-set-invalid/public-set-rows',
      parameters: { set: 'DFEW', rows: 3, missing: 1, unknown: 1, from: { id: 'place/line', parameters: { file: 'set_1.csv', line: 3 } } },
    });
    await expect(readClipSet(await made({ 'happiness/a.mp4': '' }), 1)).rejects.toMatchObject({ id: 'wrong-usage/no-folds' });
  });
});

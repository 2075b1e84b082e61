import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command, readTable } from '../../../../testing/command.ts';
import { openDetectors } from '../../../../testing/face-detectors.ts';
import { ffmpeg, temporaryFolder } from '../../../../testing/videos.ts';
import { deidentificationSchema, HIDING_STYLES } from '../../../shared/domain/export-formats.ts';
import type { DeidentificationOptions } from '../../../shared/domain/export-formats.ts';
import { EveryFrame } from '../../../shared/domain/time.ts';
import { startChildProcessEngine } from '../../adatosk/runtime/child-process-engine.ts';
import type { DetectorSessions } from '../../face/detector.ts';
import { FaceDetector, NEAR_SIDE, SEARCH_SIDE, wholePicture } from '../../face/detector.ts';
import type { Box } from '../../face/face-geometry.ts';
import { closeUpOf } from '../../face/search-plan.ts';
import { probeVideo } from '../../media/probe.ts';
import { sampleFrames } from '../../media/sampled-frames.ts';
import { addVideo, selectVideos } from '../../project/library.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { openProject } from '../../project/store/open-project.ts';
import { ExportProgress } from '../exchange/export-tables.ts';
import { prepareExample } from '../studio/example-project.ts';
import { exportDeidentified } from './export-deidentified.ts';

/** The sample videos with the analysis that comes with the program. */
const folder = await temporaryFolder();
let db: ProjectDatabase;
let sessions: DetectorSessions;

beforeAll(async () => {
  await prepareExample(folder);
  ({ db } = await openProject(folder));
  sessions = await openDetectors();
});

const newFolder = async (): Promise<string> => mkdtemp(join(await temporaryFolder(), 'out-'));
const exported = (videos: readonly string[], options: Partial<DeidentificationOptions>, out: string, progress?: ExportProgress) =>
  exportDeidentified(db, { videos, run: null, options: deidentificationSchema.parse(options) }, out, startChildProcessEngine, progress);

/** Faces above 0.6 in every sixth frame: in the whole picture, and near each of the given places. */
async function facesIn(path: string, nearOf: (frame: number) => readonly Box[] = () => []): Promise<Map<number, Box[]>> {
  const video = await probeVideo(path);
  const search = new FaceDetector(sessions.search, SEARCH_SIDE);
  const near = new FaceDetector(sessions.near, NEAR_SIDE);
  const faces = new Map<number, Box[]>();
  for await (const { frame, picture, release } of sampleFrames(video, new EveryFrame(video.timing))) {
    if (frame % 6 === 0) {
      const found = [await search.detect(picture!, wholePicture(picture!), 0.6)];
      for (const box of nearOf(frame)) found.push(await near.detect(picture!, closeUpOf(box), 0.6));
      faces.set(
        frame,
        found.flat().map(({ box }) => box),
      );
    }
    release();
  }
  return faces;
}
const facesOf = (faces: Map<number, Box[]>): number => [...faces.values()].reduce((sum, own) => sum + own.length, 0);

describe('no face is left that the detector finds above 0.6', () => {
  test.each(HIDING_STYLES)('%s: two people', async (style) => {
    const out = await newFolder();
    const [video] = selectVideos(db, ['two-people.mp4']);
    const before = await facesIn(video!.path);
    expect(facesOf(before)).toBeGreaterThan(75);
    const { files } = await exported(['two-people.mp4'], { style }, out);
    expect(files.map((file) => file.slice(out.length + 1))).toEqual([
      ...['video-001.mp4', 'missed_frames.csv', 'deidentified_videos.csv', 'source_videos.csv', 'data-dictionary.csv'],
    ]);
    const after = await facesIn(join(out, 'video-001.mp4'), (frame) => before.get(frame) ?? []);
    expect([...after].filter(([, own]) => own.length > 0)).toEqual([]);
    // The tracks alone were enough: the check found nothing that it would have had to hide.
    const [row] = await readTable(join(out, 'deidentified_videos.csv'));
    expect(row).toMatchObject({ file: 'video-001.mp4', hiding_style: style, sound: 'muted', frames: '300', faces: '2', frames_covered: '300' });
    expect(row).toMatchObject({ frames_hidden: '0', frames_checked: '300', faces_found: '0', faces_left: '0' });
    expect(await readTable(join(out, 'missed_frames.csv'))).toEqual([]);
  });

  test('people who leave and return: the picture is hidden where a face is only predicted, and these frames are listed', async () => {
    const out = await newFolder();
    const [video] = selectVideos(db, ['leaves-and-returns.mp4']);
    const before = await facesIn(video!.path);
    await exported(['leaves-and-returns.mp4', 'head-turned.mp4'], { style: 'blur' }, out);
    const sources = await readTable(join(out, 'source_videos.csv'));
    const file = sources.find((row) => row['video'] === 'leaves-and-returns.mp4')!['file']!;
    const after = await facesIn(join(out, file), (frame) => before.get(frame) ?? []);
    expect(facesOf(before)).toBeGreaterThan(25);
    expect([...after].filter(([, own]) => own.length > 0)).toEqual([]);
    const missed = (await readTable(join(out, 'missed_frames.csv'))).filter((row) => row['file'] === file);
    expect(missed.map((row) => [row['detected_face'], row['reason'], row['picture_hidden']])).toEqual([
      ['1', 'after', 'true'],
      ['2', 'before', 'true'],
    ]);
    for (const { start_s, end_s, start_frame, end_frame } of missed) {
      expect(Number(end_s) - Number(start_s)).toBeCloseTo((Number(end_frame) - Number(start_frame)) / 25, 3);
      expect(Number(end_s) - Number(start_s)).toBeGreaterThan(0.95);
    }
  });
});

describe('names', () => {
  test('new files and tables for sharing name no video, and one table says which is which', async () => {
    const out = await newFolder();
    await exported(['two-faces.mp4'], {}, out);
    for (const name of ['missed_frames.csv', 'deidentified_videos.csv', 'data-dictionary.csv'])
      expect(JSON.stringify(await readTable(join(out, name)))).not.toContain('two-faces');
    expect(await readTable(join(out, 'source_videos.csv'))).toMatchObject([{ file: 'video-001.mp4', video: 'two-faces.mp4' }]);
  });

  test('the names of the videos, if they are chosen', async () => {
    const out = await newFolder();
    const { files } = await exported(['two-faces.mp4'], { names: 'videos' }, out);
    expect(files[0]).toBe(join(out, 'two-faces.mp4'));
  });
});

describe('an export that cannot go on', () => {
  test('a stop keeps the videos that are complete, with their tables, and no part of another', async () => {
    const out = await newFolder();
    const stop = new AbortController();
    const progress = new ExportProgress((done, total) => {
      if (done > 0.75 * total) stop.abort();
    }, stop.signal);
    await expect(exported(['two-faces.mp4', 'one-face-leaves.mp4'], {}, out, progress)).rejects.toMatchObject({ code: 'cancelled' });
    expect((await readdir(out)).sort()).toEqual(['data-dictionary.csv', 'deidentified_videos.csv', 'missed_frames.csv', 'source_videos.csv', 'video-001.mp4']);
    expect(await readTable(join(out, 'deidentified_videos.csv'))).toHaveLength(1);
  });

  test('a stop in the first video leaves an empty folder', async () => {
    const out = await newFolder();
    const stop = new AbortController();
    const progress = new ExportProgress((done, total) => {
      if (done > 0.2 * total) stop.abort();
    }, stop.signal);
    await expect(exported(['two-faces.mp4'], {}, out, progress)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(out)).toEqual([]);
  });

  test('a folder with files is not touched', async () => {
    const out = await newFolder();
    await writeFile(join(out, 'video-001.mp4'), 'mine');
    await expect(exported(['two-faces.mp4'], {}, out)).rejects.toMatchObject({ id: 'wrong-usage/folder-not-empty' });
    expect(await readdir(out)).toEqual(['video-001.mp4']);
  });

  test('missing, changed and unanalysed videos are named; the others are written', async () => {
    const all = selectVideos(db, []);
    const moveTo = (name: string, path: string): void => {
      db.run(db.sql.updateTable('video').set({ path }).where('name', '=', name));
    };
    const short = join(folder, 'short.mp4');
    const original = (name: string): string => all.find((video) => video.name === name)!.path;
    await ffmpeg('-i', original('sadness-and-anger.mp4'), '-t', '2', '-c', 'copy', short);
    moveTo('disgust-and-fear.mp4', '/nowhere/disgust-and-fear.mp4');
    moveTo('sadness-and-anger.mp4', short);
    try {
      const out = await newFolder();
      const { losses, files } = await exported(['disgust-and-fear.mp4', 'sadness-and-anger.mp4', 'two-faces.mp4'], {}, out);
      expect(losses.filter(({ id }) => id === 'set/video').map(({ parameters }) => parameters)).toMatchObject([
        { video: 'disgust-and-fear.mp4', problem: { id: 'file-missing/moved' } },
        { video: 'sadness-and-anger.mp4', problem: { id: 'damaged-video/other-frames', parameters: { file: 'short.mp4' } } },
      ]);
      expect(files[0]).toBe(join(out, 'video-003.mp4'));
      await expect(exported(['disgust-and-fear.mp4'], {}, await newFolder())).rejects.toMatchObject({
        id: 'file-missing/moved',
        parameters: { file: 'disgust-and-fear.mp4' },
      });
    } finally {
      for (const { name, path } of all) moveTo(name, path);
    }
  });
});

describe('on the command line', () => {
  test('the same files, with the time left; a folder with files is refused', async () => {
    const out = await newFolder();
    const args = ['export', '--project', folder, '--format', 'deidentified', '--videos', 'two-faces.mp4', '--out', out, '--json'];
    const { code, json, stderr } = await command(...args, '--style', 'pixelate', '--sound', 'kept', '--show-missed');
    expect(code, stderr).toBe(0);
    expect(json['files']).toContain(join(out, 'video-001.mp4'));
    expect(stderr).toContain('left');
    expect(await readTable(join(out, 'deidentified_videos.csv'))).toMatchObject([{ hiding_style: 'pixelate', sound: 'kept', frames_hidden: '0' }]);
    const again = await command(...args);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining(`${out} is not empty`)]);
  });

  test('its options need its format', async () => {
    const { code, stderr } = await command('export', '--project', folder, '--out', await newFolder(), '--style', 'blur');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--style needs --format deidentified')]);
  });

  test('a video without results is named', async () => {
    const [empty, out] = [await newFolder(), await newFolder()];
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=1', join(empty, 'new.mp4'));
    const opened = await openProject(join(empty, 'project'), { create: true });
    addVideo(opened.db, { path: join(empty, 'new.mp4'), name: 'new.mp4', size: 1, modifiedMs: 0 });
    opened.close();
    const { code, stderr } = await command('export', '--project', join(empty, 'project'), '--format', 'deidentified', '--out', out);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/None of these videos was analysed.*new\.mp4/)]);
    expect(await readdir(out)).toEqual([]);
  });
});

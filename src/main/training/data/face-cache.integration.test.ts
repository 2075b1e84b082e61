import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knownRow } from '../../../../testing/rows.ts';
import { ffmpeg, ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';
import { startChildProcessEngine } from '../../adatosk/runtime/child-process-engine.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import type { DetectorEngine } from '../../adatosk/runtime/providers.ts';
import { startDetectors } from '../../adatosk/runtime/providers.ts';
import { detectorFiles } from '../../face/detector-files.ts';
import { cachedClips, clipOf } from './cached-clips.ts';
import { openSource } from './clip-source.ts';
import type { CachedFace } from './face-cache.ts';
import { FaceCache } from './face-cache.ts';
import type { KnownRow } from './splits.ts';
import { notice } from '../../../shared/app/notices.ts';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const HASHES = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
let detectors: DetectorEngine;

beforeAll(async () => {
  detectors = await startDetectors(startChildProcessEngine, detectorFiles(modelsFolder()));
  await ffmpeg('-i', ONE_FACE, '-t', '4', at('face.mp4'));
  await ffmpeg('-f', 'lavfi', '-i', 'color=gray:s=320x240:d=1', at('empty.mp4'));
});
afterAll(() => detectors.engine.stop());

const cache = (limit = 1e9, from = () => Promise.resolve(detectors.detectors)): FaceCache => new FaceCache(at('cache'), 112, 10, limit, from);
const row = (more: Partial<KnownRow>): KnownRow => knownRow({ path: at('face.mp4'), sha256: HASHES[0], ...more });

describe('the cache of faces', () => {
  let face: CachedFace;

  test('stores the crops of a face and returns them later without a detector', async () => {
    face = (await cache().face(at('face.mp4'), HASHES[0]))!;
    expect([39, 40]).toContain(face.present.length);
    expect(face.present.every(Boolean)).toBe(true);
    const again = await cache(1e9, () => Promise.reject(new Error('not needed'))).face(at('face.mp4'), HASHES[0]);
    expect(again).toEqual(face);
    expect((await readdir(at('cache'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('stores that a video has no face', async () => {
    expect(await cache().face(at('empty.mp4'), HASHES[1])).toBeNull();
    expect(clipOf(row({}), null)).toEqual(notice('clip/no-face', { from: 'line 2' }));
  });

  test('returns spans of a video as clips, with crops and with moments relative to the clip', async () => {
    const [whole, span] = [clipOf(row({}), face), clipOf(row({ startS: 1, endS: 3, onsetS: 1.5, apexS: 2, offsetS: 2.5 }), face)];
    if ('id' in whole || 'id' in span) throw new Error('there is a face');
    expect(span).toMatchObject({ first: 10, samples: 20, moments: { onset: 5, apex: 10, offset: 15 } });
    const source = await openSource(cachedClips(112, [whole, span]));
    const [a, b] = [await source.read(0, [10, 29]), await source.read(1, [0, 19])];
    expect(a).toHaveLength(2 * 112 * 112 * 3);
    expect(b).toEqual(a);
    expect(await source.read(0, [0])).not.toEqual(await source.read(0, [30]));
  });

  test('returns a notice where a span has no face', () => {
    expect(clipOf(row({ startS: 3.5, endS: 9 }), face)).toEqual(notice('clip/little-face', { from: 'line 2' }));
    expect(clipOf(row({ startS: 20, endS: 22 }), face)).toEqual(notice('clip/after-end', { from: 'line 2', at: 20, end: 4 }));
  });

  test('deletes unused files to stay below its limit, and rejects a set that exceeds the limit', async () => {
    const other = (await cache().face(at('face.mp4'), HASHES[2]))!;
    await expect(cache(1000).keepUnderLimit(new Set([face.file, other.file]))).rejects.toMatchObject({ id: 'data-set-invalid/too-large' });
    await cache(1.5 * face.strips.reduce((a, b) => a + b, 0)).keepUnderLimit(new Set([other.file]));
    expect((await readdir(at('cache'))).filter((name) => name.endsWith('.jpegs'))).toEqual([other.file.split('/').at(-1)]);
  });
});

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { observeFaces, openDetectors } from '../../../testing/face-detectors.ts';
import { ffmpeg, temporaryFolder } from '../../../testing/videos.ts';
import { placeOf } from './alignment.ts';
import type { Detection } from './face-geometry.ts';
import { turnedOver } from './face-geometry.ts';
import type { FaceObservation } from './face-observer.ts';

const detectors = await openDetectors();
const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
const sample = (name: string): string => fileURLToPath(new URL(`../../../samples/${name}.mp4`, import.meta.url));
const [ANN, BEN] = ['happiness-and-surprise', 'sadness-and-anger'].map(sample) as [string, string];

/** Joins parts of videos: [video, from, to] in seconds. */
async function edit(to: string, parts: readonly (readonly [string, number, number])[]): Promise<void> {
  const inputs = parts.flatMap(([path]) => ['-i', path]);
  const trims = parts.map(([, from, until], i) => `[${i}:v]trim=${from}:${until},setpts=PTS-STARTPTS,scale=400:320,fps=25,setsar=1[p${i}]`);
  const all = parts.map((_, i) => `[p${i}]`).join('');
  await ffmpeg(...inputs, '-filter_complex', `${trims.join(';')};${all}concat=n=${parts.length}:v=1:a=0`, '-c:v', 'libx264', '-qp', '16', to);
}

/** The samples in which each face is seen. */
function seen(observations: readonly FaceObservation[]): Map<number, number[]> {
  const present = observations.filter(({ status }) => status !== 'no_face');
  return new Map([...Map.groupBy(present, ({ faceId }) => faceId)].map(([id, own]) => [id, own.map((each) => each.sample)]));
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
/** Faces are searched in every second sample: the last one of a video is not seen where it is odd. */
const LAST = 1;

describe('after a hard cut', () => {
  test.each([30, 33])('another person at the same place has another id: cut at sample %s', async (cut) => {
    const name = `cut-${cut}.mp4`;
    await edit(at(name), [
      [ANN, 0, cut / 10],
      [BEN, 0, 3],
    ]);
    const { observations } = await observeFaces(detectors, at(name));
    const faces = seen(observations);
    expect([...faces.keys()]).toEqual([1, 2]);
    expect(faces.get(1)).toEqual(range(0, cut));
    expect(faces.get(2)![0]).toBeLessThanOrEqual(cut + 1);
    expect(faces.get(2)!.at(-1)).toBeGreaterThanOrEqual(cut + 29 - LAST);
  });

  test('in shot and countershot, each person keeps an id, and the clips of a person end at a cut', async () => {
    await edit(at('shots.mp4'), [
      [ANN, 0, 1.6],
      [BEN, 0, 1.6],
      [ANN, 1.6, 3.2],
      [BEN, 1.6, 3.2],
    ]);
    const { observations } = await observeFaces(detectors, at('shots.mp4'));
    expect(seen(observations)).toEqual(
      new Map([
        [1, [...range(0, 16), ...range(32, 48)]],
        [2, [...range(16, 32), ...range(48, 64 - LAST)]],
      ]),
    );
    const after = observations.filter(({ isAfterCut }) => isAfterCut === true).map(({ faceId, sample: at10 }) => [faceId, at10]);
    expect(after).toContainEqual([1, 16]);
    expect(after).toContainEqual([2, 32]);
  });

  test('the same person in the same place keeps the id', async () => {
    await edit(at('jump.mp4'), [
      [ANN, 0.2, 2],
      [ANN, 6.8, 8.6],
    ]);
    const { observations } = await observeFaces(detectors, at('jump.mp4'));
    expect([...seen(observations).keys()]).toEqual([1]);
  });
});

describe('a face that lies on its side or hangs upside down', () => {
  let upright: FaceObservation[];
  beforeAll(async () => {
    await ffmpeg('-i', ANN, '-t', '3', '-c:v', 'libx264', '-qp', '10', at('upright.mp4'));
    upright = (await observeFaces(detectors, at('upright.mp4'))).observations;
  });

  test.each([
    ['upside down', 'hflip,vflip'],
    ['on its right side', 'transpose=1'],
    ['on its left side', 'transpose=2'],
  ])('has the crops of an upright face: %s', async (name, filter) => {
    await ffmpeg('-i', ANN, '-t', '3', '-vf', filter, '-c:v', 'libx264', '-qp', '10', at(`${name}.mp4`));
    const { observations } = await observeFaces(detectors, at(`${name}.mp4`));
    expect(observations).toHaveLength(upright.length);
    observations.forEach(({ crop, status }, i) => {
      expect(status).toBe('ok');
      const difference = crop!.reduce((sum, value, k) => sum + Math.abs(value - upright[i]!.crop![k]!), 0) / crop!.length;
      expect(difference, `sample ${i}`).toBeLessThan(12);
    });
  });

  test('is turned over about the middle of its box', () => {
    const points = {
      rightEye: { x: 1, y: 1 },
      leftEye: { x: 3, y: 1 },
      nose: { x: 2, y: 2 },
      mouth: { x: 2, y: 3 },
      rightEar: { x: 0, y: 1 },
      leftEar: { x: 4, y: 1 },
    };
    const detection: Detection = { score: 1, box: { x: 0, y: 0, width: 4, height: 4 }, points };
    expect(turnedOver(detection).points).toMatchObject({ rightEye: { x: 3, y: 3 }, leftEye: { x: 1, y: 3 }, mouth: { x: 2, y: 1 } });
    expect(Math.abs(placeOf(turnedOver(detection).points).roll)).toBeCloseTo(Math.PI, 6);
  });
});

test.each([1, 3, 5, 12])('a video of %s frames, shorter than half a second, has its face in all samples', async (frames) => {
  const name = `short-${frames}.mp4`;
  await ffmpeg('-i', ANN, '-frames:v', String(frames), '-c:v', 'libx264', '-qp', '10', at(name));
  const { observations, grid } = await observeFaces(detectors, at(name));
  expect(seen(observations)).toEqual(new Map([[1, range(0, grid.samples - (grid.samples % 2 === 0 ? LAST : 0))]]));
});

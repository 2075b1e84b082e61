import { describe, expect, test } from 'vitest';
import { observeFaces, openDetectors } from '../../../testing/face-detectors.ts';
import { ONE_FACE, TWO_FACES } from '../../../testing/videos.ts';
import type { Picture } from '../../shared/domain/picture.ts';
import { SamplingGrid } from '../../shared/domain/time.ts';
import { probeVideo } from '../media/probe.ts';
import { sampleFrames } from '../media/sampled-frames.ts';
import { CANONICAL, cropPlacement, placeOf, smoothedPlace } from './alignment.ts';
import type { FacePlace } from './alignment.ts';
import { FaceDetector, joinOverlapping, wholePicture } from './detector.ts';
import type { Box, Detection, FacePoints } from './face-geometry.ts';
import { resampleRgb } from './resample.ts';
import type { SearchedPicture } from './search-plan.ts';
import { SearchPlan } from './search-plan.ts';
import { FaceTracker, withoutParts } from './tracker.ts';

const detectors = await openDetectors();

function greyPicture(width: number, height: number, grey: (x: number, y: number) => number): Picture {
  const y = new Uint8Array(width * height);
  for (let i = 0; i < y.length; i++) y[i] = Math.round(16 + (grey(i % width, Math.floor(i / width)) * 219) / 255);
  const chroma = new Uint8Array((width * height) / 4).fill(128);
  return { width, height, matrix: 'bt709', y, u: chroma, v: chroma };
}

const points = (x: number, y: number, width: number): FacePoints => ({
  rightEye: { x: x - 0.2 * width, y },
  leftEye: { x: x + 0.2 * width, y },
  nose: { x, y: y + 0.2 * width },
  mouth: { x, y: y + 0.4 * width },
  rightEar: { x: x - 0.4 * width, y },
  leftEar: { x: x + 0.4 * width, y },
});
/** A picture in which nothing happens. */
const still: SearchedPicture = { cells: new Float32Array(1024).fill(100), known: [], isLost: false };
const face = (x: number, y = 100, width = 60, score = 0.9): Detection => ({
  score,
  box: { x: x - width / 2, y: y - width / 2, width, height: width },
  points: points(x, y, width),
});

const observe = (path: string): ReturnType<typeof observeFaces> => observeFaces(detectors, path);

describe('real pictures', () => {
  test('both faces are found and have separate tracks in every sample of the video', async () => {
    const { observations, grid } = await observe(TWO_FACES);
    const ids = new Set(observations.map(({ faceId }) => faceId));
    expect(ids).toEqual(new Set([1, 2]));
    for (const id of ids) {
      const mine = observations.filter(({ faceId }) => faceId === id);
      expect(mine.length).toBeGreaterThanOrEqual(grid.samples - 1);
      expect(mine.every(({ status }) => status === 'ok')).toBe(true);
      expect(mine.map(({ sample }) => sample)).toEqual(mine.map((_, i) => i));
      const places = mine.flatMap(({ box }) => (box === null ? [] : [box.x]));
      expect(Math.max(...places) - Math.min(...places)).toBeLessThan(80);
    }
  });

  test('a face that leaves and comes back keeps its id, and its absence is reported', async () => {
    const { observations } = await observe(ONE_FACE);
    expect(new Set(observations.map(({ faceId }) => faceId))).toEqual(new Set([1]));
    const away = observations.filter(({ status }) => status === 'no_face').map(({ sample }) => sample);
    expect(away.length).toBeGreaterThanOrEqual(11);
    expect(Math.min(...away)).toBeGreaterThanOrEqual(39);
    expect(Math.max(...away)).toBeLessThanOrEqual(55);
    expect(observations.map(({ sample }) => sample)).toEqual(observations.map((_, i) => i));
  });

  test('no face is detected in a picture without one', async () => {
    const grey = greyPicture(320, 240, (x, y) => (x * 7 + y * 13) % 255);
    expect(await new FaceDetector(detectors.search, 256).detect(grey, wholePicture(grey), 0.5)).toEqual([]);
  });

  test('eyes and mouth have the same position in aligned crops for any size, position and roll of the face', async () => {
    const video = await probeVideo(ONE_FACE);
    const finder = new FaceDetector(detectors.search, 256);
    for await (const frame of sampleFrames(video, new SamplingGrid(video.timing, 2))) {
      const picture = frame.picture!;
      const [found] = await finder.detect(picture, wholePicture(picture), 0.5);
      if (found !== undefined) {
        const crop = new Uint8Array(256 * 256 * 3);
        resampleRgb(picture, cropPlacement(placeOf(found.points), 256), 256, 256, crop, 'edge');
        const luma = Uint8Array.from({ length: 256 * 256 }, (_, i) => 16 + 0.86 * crop[3 * i + 1]!);
        const flat = new Uint8Array(128 * 128).fill(128);
        const again = { width: 256, height: 256, matrix: 'bt709' as const, y: luma, u: flat, v: flat };
        const [inCrop] = await finder.detect(again, wholePicture(again), 0.5);
        const eyes = { x: (inCrop!.points.rightEye.x + inCrop!.points.leftEye.x) / 2, y: (inCrop!.points.rightEye.y + inCrop!.points.leftEye.y) / 2 };
        expect(Math.abs(eyes.x / 256 - 0.5)).toBeLessThan(0.05);
        expect(Math.abs((eyes.y + inCrop!.points.mouth.y) / 512 - CANONICAL.middle.y)).toBeLessThan(0.05);
        expect(Math.abs(inCrop!.points.rightEye.y - inCrop!.points.leftEye.y) / 256).toBeLessThan(0.05);
      }
      frame.release();
    }
  });
});

describe('resampling', () => {
  test('reads the requested region at every scale', () => {
    const ramp = greyPicture(400, 300, (x) => x / 2);
    for (const scale of [0.5, 1, 2, 3, 5]) {
      for (const turn of [0, 1e-6]) {
        const out = new Uint8Array(20 * 20 * 3);
        resampleRgb(ramp, { a: scale, b: turn, c: 100, d: 0, e: scale, f: 100 }, 20, 20, out, 'edge');
        for (const x of [0, 7, 19]) expect(Math.abs(out[(10 * 20 + x) * 3]! - (100 + scale * x) / 2), `scale ${scale}, column ${x}`).toBeLessThan(1.6);
      }
    }
  });

  test('fills the outside with black or the edge colour, and converts colours', () => {
    const white = greyPicture(16, 16, () => 255);
    for (const scale of [1, 4]) {
      for (const [outside, expected] of [
        ['black', 0],
        ['edge', 255],
      ] as const) {
        const out = new Uint8Array(4 * 4 * 3);
        resampleRgb(white, { a: scale, b: 0, c: -200, d: 0, e: scale, f: 0 }, 4, 4, out, outside);
        expect([...out.slice(0, 3)]).toEqual([expected, expected, expected]);
      }
    }
    const red: Picture = { ...white, y: new Uint8Array(256).fill(63), u: new Uint8Array(64).fill(102), v: new Uint8Array(64).fill(240) };
    const out = new Uint8Array(3);
    resampleRgb(red, { a: 1, b: 0, c: 8, d: 0, e: 1, f: 8 }, 1, 1, out, 'edge');
    expect(out[0]).toBeGreaterThan(250);
    expect(out[1]).toBeLessThan(5);
    expect(out[2]).toBeLessThan(5);
  });
});

describe('alignment', () => {
  const at = (place: Partial<FacePlace>): FacePlace => ({ x: 100, y: 100, side: 80, roll: 0, ...place });

  test('follows motion at constant speed without lag and removes jitter', () => {
    const even = new Map(Array.from({ length: 13 }, (_, i) => [i, at({ x: 100 + 3 * i, roll: 3.1 + 0.02 * i })] as const));
    expect(smoothedPlace(6, even).x).toBeCloseTo(118, 9);
    expect(smoothedPlace(0, even).x).toBeCloseTo(100, 9);
    expect(smoothedPlace(6, even).roll).toBeCloseTo(3.22, 9);
    const jitter = new Map(Array.from({ length: 13 }, (_, i) => [i, at({ x: 100 + (i % 2 === 0 ? 2 : -2) })] as const));
    expect(Math.abs(smoothedPlace(6, jitter).x - 100)).toBeLessThan(0.5);
  });

  test('keeps the size of a face that turns or nods, and measures its roll', () => {
    const frontal = placeOf(points(100, 100, 100));
    const turned = placeOf({ ...points(100, 100, 100), rightEye: { x: 95, y: 100 }, leftEye: { x: 105, y: 100 } });
    expect(turned.side).toBeGreaterThan(0.85 * frontal.side);
    expect(frontal.roll).toBeCloseTo(0, 9);
    const rolled = placeOf({ ...points(0, 0, 0), rightEye: { x: 0, y: -10 }, leftEye: { x: 0, y: 10 }, mouth: { x: -20, y: 0 } });
    expect(rolled.roll).toBeCloseTo(Math.PI / 2, 9);
  });
});

describe('tracking', () => {
  const options = { beginScore: 0.5, confirmScore: 0.7, longestGap: 10, probation: 4 };
  const run = (samples: Detection[][]): { tracker: FaceTracker; ended: number[] } => {
    const tracker = new FaceTracker(options);
    const ended = samples.flatMap((detections, sample) => tracker.step(sample, detections).map(({ id }) => id));
    return { tracker, ended };
  };

  test('two faces that pass each other keep their ids because of position and size', () => {
    const { tracker } = run(Array.from({ length: 20 }, (_, i) => [face(100 + 10 * i, 100, 60), face(400 - 10 * i, 130, 140)]));
    expect(tracker.confirmed.map(({ id, latest }) => [id, latest.box.width])).toEqual([
      [1, 60],
      [2, 140],
    ]);
  });

  test('a short gap is bridged, a long one ends the track', () => {
    const seen = (i: number): Detection[] => (i < 6 || i > 12 ? [face(100)] : []);
    expect(run(Array.from({ length: 20 }, (_, i) => seen(i))).tracker.confirmed.map(({ id }) => id)).toEqual([1]);
    const { ended, tracker } = run(Array.from({ length: 40 }, (_, i) => (i < 6 || i > 30 ? [face(100)] : [])));
    expect(ended).toEqual([1]);
    expect(tracker.confirmed.map(({ id }) => id)).toEqual([2]);
  });

  test('a face with low scores for a while is absent during that time and keeps its id', () => {
    const score = (i: number): number => (i >= 8 && i < 16 ? 0.45 : 0.9);
    const { tracker } = run(Array.from({ length: 24 }, (_, i) => [face(100 + i, 100, 60, score(i))]));
    const [track, ...others] = tracker.confirmed;
    expect(others).toEqual([]);
    expect(track).toMatchObject({ id: 1, last: 23 });
    expect(track!.detections.has(8)).toBe(true);
    expect(track!.detections.has(14)).toBe(false);
    const never = run(Array.from({ length: 40 }, (_, i) => [face(100, 100, 60, i < 5 ? 0.75 : 0.5)]));
    expect(never.ended).toEqual([1]);
    expect(never.tracker.confirmed).toEqual([]);
  });

  test('short detections and detections with low scores are never confirmed', () => {
    expect(run([[face(100)], [face(100)], [], [], []]).tracker.confirmed).toEqual([]);
    expect(run(Array.from({ length: 9 }, () => [face(100, 100, 60, 0.65)])).tracker.confirmed).toEqual([]);
    expect(run(Array.from({ length: 9 }, () => [face(100, 100, 16, 0.65)])).tracker.confirmed).toHaveLength(1);
  });

  test('a known face is not a part of a larger detection around it, and does not grow to it', () => {
    const faces = Array.from({ length: 20 }, (_, i) => face(60 + 100 * (i % 5), 60 + 100 * Math.floor(i / 5), 60, 0.85));
    const around = face(70, 70, 115, 0.7);
    const { tracker } = run(Array.from({ length: 30 }, (_, i) => (i % 5 === 4 ? [...faces, around] : i === 17 ? [around, ...faces.slice(1)] : faces)));
    expect(tracker.confirmed.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    for (const { latest } of tracker.confirmed) expect(latest.box.width).toBe(60);
  });

  test('after a cut, a track goes on only with a face that plainly looks the same', () => {
    const look = (value: number): Float32Array => Float32Array.from([Math.cos(value), Math.sin(value)]);
    const ann = { ...face(100), look: look(0) };
    const ben = { ...face(100), look: look(1) };
    const scenes = [ann, ben, ann, ben, ben];
    const tracker = new FaceTracker({ ...options, longestGap: 20 });
    const ids: number[] = [];
    scenes.forEach((person, scene) => {
      if (scene > 0) tracker.cut();
      for (let i = 0; i < 6; i++) tracker.step(6 * scene + i, [person]);
      ids.push(tracker.confirmed.find(({ last }) => last === 6 * scene + 5)!.id);
    });
    expect(ids).toEqual([1, 2, 1, 2, 2]);
  });

  test('overlapping detections are averaged by score, and parts of a face are removed', () => {
    const joined = joinOverlapping([face(100, 100, 60, 0.9), face(104, 100, 60, 0.3), face(300)]);
    expect(joined).toHaveLength(2);
    expect(joined.find(({ box }) => box.x < 200)!.box.x).toBeCloseTo(71, 6);
    const inside: Box = { x: 90, y: 90, width: 20, height: 20 };
    expect(withoutParts([face(100), { ...face(100, 100, 20, 0.6), box: inside }])).toHaveLength(1);
  });
});

describe('the search plan', () => {
  test('has tiles that cover the picture and enlarge the smallest face enough', () => {
    const plan = new SearchPlan({ width: 1920, height: 1080 }, 12);
    const finest = Math.min(...plan.tiles.map(({ side }) => side));
    expect((12 / finest) * 256).toBeGreaterThanOrEqual(9.9);
    for (let x = 20; x < 1920; x += 100) {
      for (let y = 20; y < 1080; y += 100) {
        expect(plan.tiles.some((tile) => tile.side === finest && x >= tile.x && x <= tile.x + tile.side && y >= tile.y && y <= tile.y + tile.side)).toBe(true);
      }
    }
    expect(plan.regionsFor(0, still)).toHaveLength(plan.tiles.length + 1);
    const later = new Set(Array.from({ length: 600 }, (_, look) => plan.regionsFor(look + 1, { ...still, isLost: true }).slice(1)).flat());
    expect(later.size).toBe(plan.tiles.length);
  });

  /** The detections in which the whole picture is searched, of a minute. */
  const wholes = (pictures: (detection: number) => SearchedPicture): number[] => {
    const plan = new SearchPlan({ width: 320, height: 320 }, 12);
    return Array.from({ length: 300 }, (_, i) => i).filter((i) => plan.regionsFor(i, pictures(i)).some(({ side }) => side === 320));
  };
  const cellsWith = (grey: number, cells: readonly number[]): Float32Array => Float32Array.from({ length: 1024 }, (_, i) => (cells.includes(i) ? grey : 100));

  test('the whole picture is searched every two seconds where nothing happens, and a second after the last search where something does', () => {
    expect(wholes(() => still)).toEqual(Array.from({ length: 30 }, (_, i) => 10 * i));
    // Somebody comes in at detection 33.
    expect(wholes((i) => ({ ...still, cells: cellsWith(i < 33 ? 100 : 180, [500, 501, 532, 533]) })).slice(3, 6)).toEqual([30, 35, 45]);
    // The same where a face is known is no news.
    const known = [{ x: 190, y: 140, side: 60 }];
    expect(wholes((i) => ({ ...still, known, cells: cellsWith(i < 33 ? 100 : 180, [500, 501, 532, 533]) })).slice(3, 6)).toEqual([30, 40, 50]);
  });

  test('a moving camera is no news, and neither is what always moves', () => {
    expect(wholes((i) => ({ ...still, cells: Float32Array.from({ length: 1024 }, (_, cell) => 100 + 50 * Math.sin(cell + i)) }))).toHaveLength(30);
    expect(wholes((i) => ({ ...still, cells: cellsWith(100 + ((i * 37) % 97), [40]) })).length).toBeLessThan(36);
  });

  test('a small picture needs no tiles', () => {
    expect(new SearchPlan({ width: 300, height: 200 }, 12).tiles).toEqual([]);
  });
});

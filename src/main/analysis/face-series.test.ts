import { describe, expect, test } from 'vitest';
import { ACTION_UNITS } from '../../shared/domain/action-units.ts';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import { SamplingGrid, TimingTable } from '../../shared/domain/time.ts';
import type { FaceObservation } from '../face/face-observer.ts';
import type { Clip } from './face-series.ts';
import { FaceSeries, rowsWithoutFace } from './face-series.ts';
import { readAhead } from './read-ahead.ts';

/** 20 s at 25 frames a second. */
const table = new TimingTable(
  Float64Array.from({ length: 500 }, (_, i) => i / 25),
  0.04,
  { duplicateTimestamps: 0, missingTimestamps: 0, tick: 0.001 },
);
const grid = new SamplingGrid(table, 10);

const seen = (sample: number, away = false): FaceObservation => ({
  faceId: 1,
  sample,
  status: away ? 'no_face' : 'ok',
  score: away ? null : 0.9,
  box: away ? null : { x: 1, y: 2, width: 50, height: 60 },
  crop: away ? null : Uint8Array.of(sample % 256),
});

/** Runs a series with a constant as the network's output for every clip. */
function run(samples: FaceObservation[], value: (clip: Clip, slot: number) => number = () => 0.5): { series: FaceSeries; clips: Clip[] } {
  const series = new FaceSeries(samples[0]!);
  const clips = [...samples.map((sample) => series.add(sample)), series.end()].filter((clip) => clip !== undefined);
  for (const clip of clips) {
    const perSlot = Float32Array.from({ length: 8 }, (_, s) => value(clip, s));
    series.read(clip, { slotProbabilities: new Float32Array(56).fill(1 / 7), classAgnostic: perSlot, classSemantic: perSlot, final: perSlot });
  }
  return { series, clips };
}

describe('clips of a face', () => {
  test.each([1, 2, 15, 16, 17, 25, 26, 100, 103])('cover all of %s samples', (count) => {
    const { series, clips } = run(Array.from({ length: count }, (_, i) => seen(i)));
    const rows = series.rows(grid);
    expect(rows).toHaveLength(Math.ceil(count / 2));
    expect(rows.every(({ reading }) => reading !== null)).toBe(true);
    for (const { firstSample, pixels } of clips) {
      expect(firstSample % 2).toBe(0);
      expect(pixels).toHaveLength(16);
      pixels.forEach((value, i) => expect(value).toBe(Math.min(firstSample + i, count - 1)));
    }
  });

  test('overlap, and values are averaged where they do', () => {
    const { series, clips } = run(
      Array.from({ length: 28 }, (_, i) => seen(i)),
      ({ firstSample }) => (firstSample === 0 ? 0.2 : 0.6),
    );
    expect(clips.map(({ firstSample }) => firstSample)).toEqual([0, 12]);
    const weights = series.rows(grid).map(({ reading }) => reading!.final);
    expect(weights).toEqual([0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6].map((value) => expect.closeTo(value, 6)));
  });

  test('average the action units of overlapping clips; a model without them has none', () => {
    const readWith = (unitsOf: ((clip: Clip) => number) | null): FaceSeries => {
      const series = new FaceSeries(seen(0));
      const clips = [...Array.from({ length: 28 }, (_, i) => series.add(seen(i))), series.end()].filter((clip) => clip !== undefined);
      for (const clip of clips) {
        const perSlot = new Float32Array(8);
        const actionUnits = new Float32Array(8 * ACTION_UNITS.length).map((_, i) => (i % ACTION_UNITS.length === 3 ? NaN : (unitsOf?.(clip) ?? NaN)));
        series.read(clip, {
          ...{ slotProbabilities: new Float32Array(56).fill(1 / 7), classAgnostic: perSlot, classSemantic: perSlot, final: perSlot },
          ...(unitsOf === null ? {} : { actionUnits }),
        });
      }
      return series;
    };
    const units = readWith(({ firstSample }) => (firstSample === 0 ? 0.2 : 0.6))
      .rows(grid)
      .map(({ reading }) => reading!.actionUnits!);
    expect([0, 6, 8].map((slot) => units[slot]![0])).toEqual([0.2, 0.4, 0.6].map((value) => expect.closeTo(value, 6) as number));
    expect(units[0]).toHaveLength(ACTION_UNITS.length);
    expect(units[0]![3]).toBeNull();
    expect(
      readWith(null)
        .rows(grid)
        .every(({ reading }) => reading!.actionUnits === undefined),
    ).toBe(true);
  });

  test('of a face that is turned by more than 40 degrees are low_confidence and unusual', () => {
    const poses = [0, 39, -41, 60].map((yaw) => ({ yaw, pitch: 0, roll: 179 }));
    const samples = Array.from({ length: 8 }, (_, i) => ({ ...seen(i), pose: i % 2 === 0 ? poses[i / 2]! : null }));
    const rows = run(samples).series.rows(grid);
    expect(rows.map(({ status }) => status)).toEqual(['ok', 'ok', 'low_confidence', 'low_confidence']);
    expect(rows.map(({ unusual }) => unusual)).toEqual([[], [], ['turned'], ['turned']]);
    expect(rows.map(({ pose }) => pose)).toEqual(poses);
  });

  test('average angles of a pose across 180 degrees', () => {
    const [row] = run([179, -179].map((roll, i) => ({ ...seen(i), pose: { yaw: 0, pitch: 0, roll } }))).series.rows(grid);
    expect(Math.abs(row!.pose!.roll)).toBeCloseTo(180, 6);
  });

  test('that resemble no class, or are read differently in a mirror, are unusual', () => {
    const series = new FaceSeries(seen(0), 0.06);
    const clip = [...Array.from({ length: 16 }, (_, i) => series.add(seen(i)))].find((each) => each !== undefined)!;
    const perSlot = new Float32Array(8);
    series.read(clip, {
      ...{ slotProbabilities: new Float32Array(56).fill(1 / 7), classAgnostic: perSlot, classSemantic: perSlot, final: perSlot },
      similarity: Float32Array.from({ length: 56 }, (_, i) => (i < 7 ? 0.05 : i % 7 === 2 ? 0.2 : 0)),
      mirrorDifference: Float32Array.from({ length: 8 }, (_, slot) => (slot === 1 ? 0.7 : 0.1)),
    });
    expect(series.rows(grid).map(({ unusual }) => unusual)).toEqual([['unlike_classes'], ['mirror_differs'], [], [], [], [], [], []]);
  });

  test.each([16, 21, 6])('end at a cut after %s samples and begin again after it: no clip shows both sides', (cut) => {
    const series = new FaceSeries(seen(0));
    const clips: Clip[] = [];
    const keep = (clip: Clip | undefined): void => {
      if (clip === undefined) return;
      clips.push(clip);
      const value = clip.firstSample < cut - (cut % 2) ? 0.2 : 0.6;
      const perSlot = new Float32Array(8).fill(value);
      series.read(clip, { slotProbabilities: new Float32Array(56).fill(1 / 7), classAgnostic: perSlot, classSemantic: perSlot, final: perSlot });
    };
    for (let i = 0; i < 40; i++) {
      // For four samples after the cut, the face is not in the picture.
      if (i === cut) keep(series.end());
      keep(series.add(seen(i, i >= cut && i < cut + 4)));
    }
    keep(series.end());
    for (const { pixels } of clips) expect(Math.max(...pixels) < cut || Math.min(...pixels) >= cut + 4).toBe(true);
    const rows = series.rows(grid);
    expect(rows.filter(({ status, reading }) => (status === 'no_face') !== (reading === null))).toEqual([]);
    for (const { slot, reading } of rows) {
      if (reading === null || slot === Math.floor(cut / 2)) continue;
      expect(reading.final).toBeCloseTo(2 * slot < cut ? 0.2 : 0.6, 6);
    }
  });

  test('the series of a face that appears in the middle of a slot begins with that slot', () => {
    const { series, clips } = run([seen(7), seen(8), seen(9)]);
    expect(clips[0]!.firstSample).toBe(6);
    expect([...clips[0]!.pixels.slice(0, 3)]).toEqual([7, 7, 8]);
    expect(series.rows(grid)[0]).toMatchObject({
      slot: 3,
      startS: expect.closeTo(0.6, 9),
      endS: expect.closeTo(0.8, 9),
      startFrame: 15,
      endFrame: 20,
      status: 'ok',
    });
  });

  test('an absence has rows without values, and its clips repeat the last crop', () => {
    const { series, clips } = run(Array.from({ length: 40 }, (_, i) => seen(i, i >= 10 && i < 30)));
    const rows = series.rows(grid);
    expect(rows.filter(({ status }) => status === 'no_face').map(({ slot }) => slot)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(rows.filter(({ reading }) => reading === null)).toHaveLength(10);
    expect([...clips[0]!.pixels.slice(8)]).toEqual([8, 9, 9, 9, 9, 9, 9, 9]);
    const [probabilities] = rows.map(({ reading }) => reading?.probabilities);
    expect(probabilities).toEqual(EXPRESSIONS.map(() => expect.closeTo(1 / 7, 6)));
  });
});

test('slots without any face have rows too, up to the end of the video', () => {
  const rows = rowsWithoutFace(grid, new Set([0, 1, 2]));
  expect(rows).toHaveLength(97);
  expect(rows[0]).toMatchObject({ slot: 3, faceId: 0, status: 'no_face', reading: null });
  expect(rows.at(-1)).toMatchObject({ endS: table.end, endFrame: 500 });
});

test('a hole of seconds has a row for each slot; one of minutes has a single row', () => {
  const rowsOver = (hole: number): { startS: number; endS: number }[] => {
    const pts = Float64Array.from({ length: 50 }, (_, i) => i / 25 + (i < 25 ? 0 : hole));
    const counts = { duplicateTimestamps: 0, missingTimestamps: 0, tick: 0.001 };
    return rowsWithoutFace(new SamplingGrid(new TimingTable(pts, 0.04, counts), 10), new Set());
  };
  expect(rowsOver(4).map(({ endS, startS }) => endS - startS)).toEqual(Array.from({ length: 30 }, () => expect.closeTo(0.2, 6) as number));
  const rows = rowsOver(600);
  expect(rows.length).toBeLessThan(15);
  expect(rows.slice(1).every(({ startS }, i) => Math.abs(startS - rows[i]!.endS) < 1e-9)).toBe(true);
  expect([rows[0]!.startS, rows.at(-1)!.endS]).toEqual([0, expect.closeTo(602, 6)]);
});

describe('reading ahead', () => {
  async function* count(limit: number, seenBy: number[]): AsyncGenerator<number> {
    try {
      for (let i = 0; i < limit; i++) {
        seenBy.push(i);
        yield i;
      }
    } finally {
      seenBy.push(-1);
    }
  }

  test('keeps the order, reads no further ahead than its depth, and ends its source', async () => {
    const produced: number[] = [];
    const got: number[] = [];
    for await (const value of readAhead(count(10, produced), 3)) {
      got.push(value);
      await new Promise((resolve) => setTimeout(resolve, 2));
      expect(produced.length).toBeLessThanOrEqual(got.length + 4);
      if (value === 5) break;
    }
    expect(got).toEqual([0, 1, 2, 3, 4, 5]);
    expect(produced.at(-1)).toBe(-1);
  });

  test('throws an error at the item where it occurred', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken');
    }
    const got: number[] = [];
    await expect(async () => {
      for await (const value of readAhead(failing(), 4)) got.push(value);
    }).rejects.toThrow('broken');
    expect(got).toEqual([1]);
  });
});

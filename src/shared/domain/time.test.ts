import { describe, expect, test } from 'vitest';
import { roundSeconds, SamplingGrid, TimingTable } from './time.ts';

const counts = { duplicateTimestamps: 0, missingTimestamps: 0, tick: 0.001 };
const table = (pts: number[], lastDuration = 0.04): TimingTable => new TimingTable(Float64Array.from(pts), lastDuration, counts);

describe('a timing table', () => {
  const odd = table([1.4, 1.44, 1.5, 1.9, 1.94]);

  test('returns the frame on screen: the last one that has begun', () => {
    expect([0, 1.4, 1.439, 1.44, 1.7, 1.9, 99].map((t) => odd.frameAt(t))).toEqual([0, 0, 0, 1, 2, 3, 4]);
  });

  test('returns the nearest frame, of two equally near ones the earlier', () => {
    expect([0, 1.41, 1.43, 1.69, 1.71, 9].map((t) => odd.nearestFrame(t))).toEqual([0, 0, 1, 2, 3, 4]);
    expect(table([0, 2, 4]).nearestFrame(1)).toBe(0);
  });

  test('begins with its first frame and ends with its last', () => {
    expect(odd.start).toBe(1.4);
    expect(odd.end).toBeCloseTo(1.98, 12);
    expect(odd.duration).toBeCloseTo(0.58, 12);
  });

  test('treats 30 frames a second in whole milliseconds as constant, and a pause as variable', () => {
    const thirty = Array.from({ length: 90 }, (_, i) => Math.round((i * 1000) / 30) / 1000);
    expect(table(thirty).findings.variableRate).toBe(false);
    expect(table([...thirty, 3.5]).findings.variableRate).toBe(true);
    expect(odd.findings.variableRate).toBe(true);
  });

  test('needs at least one frame', () => {
    expect(() => table([])).toThrow(RangeError);
  });
});

describe('a sampling grid', () => {
  const frames = Array.from({ length: 50 }, (_, i) => i / 25);
  const grid = new SamplingGrid(table(frames), 10);

  test('covers the video with whole samples, and a remainder of less than half a sample joins the last', () => {
    expect(grid.samples).toBe(20);
    expect(new SamplingGrid(table(frames, 0.08), 10).samples).toBe(20);
    expect(new SamplingGrid(table([0]), 10).samples).toBe(1);
  });

  test('uses the nearest frame to each moment, away from the middle between two frames', () => {
    expect([0, 1, 2, 3, 4, 5].map((k) => grid.frameOf(k))).toEqual([0, 3, 5, 8, 10, 13]);
    const shaken = new SamplingGrid(table(frames.map((t, i) => t + ((i % 3) - 1) * 0.002 * (i > 0 ? 1 : 0))), 10);
    for (let k = 0; k < 20; k++) expect(shaken.frameOf(k)).toBe(grid.frameOf(k));
  });

  test('assigns every frame to one sample, with consecutive boundaries to the end', () => {
    expect(grid.boundaryFrame(0)).toBe(0);
    expect(grid.boundaryFrame(20)).toBe(50);
    for (let k = 0; k < 20; k++) expect(grid.boundaryFrame(k + 1)).toBeGreaterThan(grid.boundaryFrame(k));
  });
});

test('seconds are rounded to microseconds', () => {
  expect(roundSeconds(0.1 + 0.2)).toBe(0.3);
});

test('a span limits the samples of a grid; the numbers of the samples stay those of the whole video', () => {
  const four = new TimingTable(
    Float64Array.from({ length: 100 }, (_, i) => i / 25),
    0.04,
    { duplicateTimestamps: 0, missingTimestamps: 0, tick: 1e-6 },
  );
  const grid = new SamplingGrid(four, 10, { startS: 1, endS: 2.5 });
  expect(grid.samples).toBe(40);
  const covered = Array.from({ length: grid.samples }, (_, k) => k).filter((k) => !grid.isInHole(k));
  expect([covered[0], covered.at(-1), covered.length]).toEqual([10, 24, 15]);
  expect(grid.span).toEqual({ startS: 1, endS: 2.5 });
  expect(new SamplingGrid(four, 10, { startS: 3, endS: null }).span).toEqual({ startS: 3, endS: 4 });
  expect(new SamplingGrid(four, 10).span).toEqual({ startS: 0, endS: 4 });
});

test('a hole begins where the frame before it has been shown as long as others: no later slot shows a frame of before', () => {
  // 25 frames a second; nothing from 1 s to 4 s.
  const pts = Float64Array.from({ length: 50 }, (_, i) => i / 25 + (i < 25 ? 0 : 3));
  const inHole = (of: TimingTable): number[] => {
    const grid = new SamplingGrid(of, 10);
    return Array.from({ length: grid.samples }, (_, k) => k).filter((k) => grid.isInHole(k));
  };
  expect(inHole(new TimingTable(pts, 0.04, counts))).toEqual(Array.from({ length: 30 }, (_, i) => 10 + i));
  // At 2 frames a second, a frame is shown for 0.5 s.
  const slow = Float64Array.from({ length: 8 }, (_, i) => i / 2 + (i < 4 ? 0 : 3));
  expect(inHole(new TimingTable(slow, 0.5, counts))).toEqual(Array.from({ length: 30 }, (_, i) => 20 + i));
});

import { describe, expect, test } from 'vitest';
import { EXPRESSIONS, intensityOf, strongest } from './expressions.ts';
import type { Expression } from './expressions.ts';
import { DEFAULT_PEAK_OPTIONS, findPeaks, findSummits, smooth } from './peaks.ts';
import { randomStream } from '../basics/random.ts';
import { findSegments } from './segments.ts';
import type { TimelineRow } from './timeline.ts';

const SLOT = 0.2;

/** Rows with the given intensities of one expression; null for a slot without a face. */
function rowsOf(intensities: (number | null)[], label: Expression = 'happiness', first = 0): TimelineRow[] {
  return intensities.map((intensity, i) => {
    const slot = first + i;
    const span = { slot, startS: slot * SLOT, endS: (slot + 1) * SLOT, startFrame: slot * 5, endFrame: slot * 5 + 5 };
    if (intensity === null) return { ...span, faceId: 1, status: 'no_face', faceConfidence: null, box: null, reading: null };
    const probabilities = EXPRESSIONS.map((name) => (name === 'neutral' ? 1 - intensity : name === label ? intensity : 0));
    const reading = {
      probabilities,
      label: strongest(probabilities),
      intensity: intensityOf(probabilities),
      classAgnostic: 0.5,
      classSemantic: 0.5,
      final: 0.25 + slot / 1000,
    };
    return { ...span, faceId: 1, status: 'ok', faceConfidence: 0.9, box: null, reading };
  });
}

/** A smooth rise, plateau and fall between times in seconds. */
function expression(seconds: number, onset: number, apex: number, offset: number, height = 0.9, base = 0.05): number[] {
  return Array.from({ length: Math.round(seconds / SLOT) }, (_, i) => {
    const t = (i + 0.5) * SLOT;
    const way = t <= onset || t >= offset ? 0 : t <= apex ? (t - onset) / (apex - onset) : (offset - t) / (offset - apex);
    return base + (height - base) * (0.5 - 0.5 * Math.cos(Math.PI * way));
  });
}

const frameAt = (seconds: number): number => Math.round(seconds * 25);
const find = (rows: TimelineRow[]): ReturnType<typeof findPeaks> => findPeaks(rows, 'model:test', frameAt);

describe('an expression peak', () => {
  test.each([
    [1, 2, 3],
    [2.3, 2.9, 5.1],
    [0.5, 3, 4],
  ])('from %s over %s to %s s is found, its apex within a slot and what it leans, its ends where an edge of 5%% is asked for', (onset, apex, offset) => {
    const [peak, ...others] = findPeaks(rowsOf(expression(7, onset, apex, offset)), 'model:test', frameAt, { ...DEFAULT_PEAK_OPTIONS, edge: 0.05 });
    expect(others).toEqual([]);
    expect(Math.abs(peak!.apexS - apex)).toBeLessThan(1.5 * SLOT);
    expect(Math.abs(peak!.onsetS - onset)).toBeLessThan(2 * SLOT);
    expect(Math.abs(peak!.offsetS - offset)).toBeLessThan(2 * SLOT);
    expect(peak).toMatchObject({ label: 'happiness', faceId: 1, peakId: 1, source: 'model:test', apexFrame: frameAt(peak!.apexS) });
    expect(peak!.onsetS).toBeLessThan(peak!.apexS);
    expect(peak!.apexS).toBeLessThan(peak!.offsetS);
  });

  test('a held expression has its apex in the middle of the plateau, independent of noise', () => {
    const held = Array.from({ length: 30 }, (_, i) => (i < 8 || i > 21 ? 0.05 : 0.9));
    for (const highest of [9, 12, 20]) {
      const [peak] = find(rowsOf(held.map((value, i) => (i === highest ? value + 0.02 : value))));
      expect(Math.abs(peak!.apexS - 15 * SLOT)).toBeLessThan(SLOT);
    }
  });

  test('two expressions give two peaks, one expression with a dent gives one', () => {
    const first = expression(8, 1, 2, 3);
    const second = expression(8, 4, 5, 6);
    expect(find(rowsOf(first.map((value, i) => Math.max(value, second[i]!)))).map(({ apexS }) => Math.round(apexS))).toEqual([2, 5]);
    const dented = expression(6, 1, 3, 5).map((value, i) => value - (i === 15 ? 0.1 : 0));
    expect(find(rowsOf(dented))).toHaveLength(1);
  });

  describe('beside a top that is nearly as high', () => {
    const bump = (t: number, centre: number, height: number): number => height * Math.exp(-(((t - centre) / 0.7) ** 2));
    const twoTops = (first: number, second: number): number[] =>
      Array.from({ length: 40 }, (_, i) => {
        const t = (i + 0.5) * SLOT;
        return Math.max(bump(t, 2, first), bump(t, 4, second), t > 2 && t < 4 ? 0.4 : 0);
      });

    test.each([
      [0.92, 0.9],
      [0.9, 0.92],
      [0.9, 0.9],
      [0.95, 0.65],
    ])('of %d and %d, each has its own apex, and they meet in the valley', (first, second) => {
      const curve = twoTops(first, second);
      const peaks = find(rowsOf(curve));
      expect(peaks).toHaveLength(2);
      expect(Math.abs(peaks[0]!.apexS - 2)).toBeLessThan(SLOT);
      expect(Math.abs(peaks[1]!.apexS - 4)).toBeLessThan(SLOT);
      expect(Math.abs(peaks[0]!.offsetS - 3)).toBeLessThan(3 * SLOT);
      expect(Math.abs(peaks[1]!.onsetS - 3)).toBeLessThan(3 * SLOT);
      expect(peaks[0]!.offsetS).toBeLessThanOrEqual(peaks[1]!.onsetS);
      for (const { apexS, intensity } of peaks) expect(intensity).toBe(1 - (1 - curve[Math.floor(apexS / SLOT)]!));
    });

    test('a third top between them is a peak of its own', () => {
      const tops = [1, 3, 5].map((centre) => expression(7, centre - 1, centre, centre + 1, 0.8));
      const curve = tops[0]!.map((value, i) => Math.max(value, 0.9 * tops[1]![i]!, tops[2]![i]!));
      expect(find(rowsOf(curve)).map(({ apexS }) => Math.round(apexS))).toEqual([1, 3, 5]);
    });

    test('a top that is too small for a peak of its own does not pull the apex into the valley', () => {
      const curve = expression(8, 1, 2, 3, 0.4).map((value, i) => Math.max(value, i > 11 && i < 18 ? 0.3 : 0, [0.36, 0.4, 0.4, 0.36][i - 18] ?? 0));
      const [peak, ...others] = find(rowsOf(curve));
      expect(others).toEqual([]);
      expect(curve[Math.floor(peak!.apexS / SLOT)]!).toBeGreaterThan(0.36);
    });
  });

  test('peaks of one face never overlap or nest, and the apex of each is between its ends, on random curves', () => {
    const random = randomStream(7, 'peaks');
    for (let run = 0; run < 300; run++) {
      let value = random();
      const rows = rowsOf(Array.from({ length: 80 }, () => (value = Math.min(1, Math.max(0, value + 0.5 * (random() - 0.5))))));
      const peaks = find(rows);
      peaks.forEach(({ onsetS, apexS, offsetS, intensity }, i) => {
        expect(onsetS).toBeLessThan(apexS);
        expect(apexS).toBeLessThan(offsetS);
        expect(offsetS).toBeLessThanOrEqual(peaks[i + 1]?.onsetS ?? Infinity);
        expect(intensity).toBe(rows.findLast(({ startS }) => startS <= apexS)!.reading!.intensity);
      });
    }
  });

  test('ripple, a low rise and a flat line give no peak', () => {
    expect(find(rowsOf(Array.from({ length: 50 }, (_, i) => 0.5 + 0.04 * Math.sin(i))))).toEqual([]);
    expect(find(rowsOf(expression(6, 1, 3, 5, 0.14)))).toEqual([]);
    expect(find(rowsOf(Array.from({ length: 50 }, () => 0.9)))).toEqual([]);
  });

  test('an absence splits the curve, and no peak extends across it', () => {
    const curve: (number | null)[] = [...expression(4, 1, 2, 3), null, null, ...expression(4, 1, 2, 3)];
    const peaks = find(rowsOf(curve));
    expect(peaks).toHaveLength(2);
    expect(peaks[0]!.offsetS).toBeLessThanOrEqual(4);
    expect(peaks[1]!.onsetS).toBeGreaterThanOrEqual(4.4);
  });

  test('a peak whose rise is cut off by an absence or the end of the video ends there', () => {
    const rise = expression(3, 1.4, 2.8, 4);
    for (const after of [[], [null, null, null, ...expression(3, 0, 0, 0)]]) {
      const [peak, ...others] = find(rowsOf([...rise, ...after]));
      expect(others).toEqual([]);
      expect(peak!.offsetS).toBeCloseTo(3, 9);
      expect(peak!.apexS).toBeGreaterThan(2.4);
      expect(peak!.apexS).toBeLessThan(3);
      expect(peak!.onsetS).toBeGreaterThan(1.4);
    }
  });

  test('a peak whose fall is cut off by the end of the video ends with the video', () => {
    const [peak] = find(rowsOf(expression(4.4, 1, 3.4, 5)));
    expect(peak!.offsetS).toBeLessThanOrEqual(4.4 + 1e-9);
    expect(peak!.onsetS).toBeLessThan(peak!.apexS);
  });
});

describe('summits', () => {
  test('have topographic prominence', () => {
    expect(findSummits([0, 3, 1, 5, 2, 4, 0]).map(({ index, prominence }) => [index, prominence])).toEqual([
      [1, 2],
      [3, 5],
      [5, 2],
    ]);
  });

  test('are at the end of a curve that still rises there, not at the beginning of one that falls', () => {
    expect(findSummits([1, 0, 2, 5])).toEqual([{ index: 3, leftValley: 1, rightValley: 3, prominence: 5 }]);
    expect(findSummits([0, 4, 4]).map(({ index }) => index)).toEqual([2]);
    expect(findSummits([5, 2, 0])).toEqual([]);
  });

  test('with a flat top count once, at its middle', () => {
    expect(findSummits([0, 2, 2, 2, 0]).map(({ index }) => index)).toEqual([2]);
    expect(findSummits([2, 2, 2])).toEqual([]);
  });

  test('smoothing keeps a constant and the position of a bump', () => {
    expect(smooth([1, 1, 1, 1], 2)).toEqual([1, 1, 1, 1].map((value) => expect.closeTo(value, 12)));
    const bump = smooth([0, 0, 1, 0, 0], DEFAULT_PEAK_OPTIONS.smoothing);
    expect(bump.indexOf(Math.max(...bump))).toBe(2);
  });
});

describe('segments', () => {
  test('cover all the time with readings, by label', () => {
    const rows = [...rowsOf([0.1, 0.1, 0.1]), ...rowsOf([0.9, 0.9, 0.9], 'anger', 3), ...rowsOf([null, null], 'anger', 6), ...rowsOf([0.9, 0.9], 'fear', 8)];
    const segments = findSegments(rows, 'model:test');
    expect(segments.map(({ label, startS, endS, startFrame, endFrame, segmentId }) => [segmentId, label, startS, endS, startFrame, endFrame])).toEqual([
      [1, 'neutral', 0, expect.closeTo(0.6, 9), 0, 15],
      [2, 'anger', expect.closeTo(0.6, 9), expect.closeTo(1.2, 9), 15, 30],
      [3, 'fear', expect.closeTo(1.6, 9), expect.closeTo(2, 9), 40, 50],
    ]);
    expect(segments[1]).toMatchObject({ confidence: expect.closeTo(0.9, 9), coder: 'model', source: 'model:test' });
  });

  test('shorter than the minimum join a neighbour, and close classes do not alternate', () => {
    expect(findSegments(rowsOf([0.1, 0.1, 0.9, 0.1, 0.1]), 'm').map(({ label }) => label)).toEqual(['neutral']);
    expect(findSegments(rowsOf([0.49, 0.51, 0.49, 0.51, 0.51]), 'm').map(({ label }) => label)).toEqual(['neutral']);
    expect(findSegments([], 'm')).toEqual([]);
  });
});

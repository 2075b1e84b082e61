import { expect, test } from 'vitest';
import type { FaceMaps } from '../../../../../shared/domain/mask-maps.ts';
import type { TimelineColumns } from '../../../../../shared/domain/timeline-columns.ts';
import { SERIES } from '../../../../../shared/domain/timeline-columns.ts';
import { cropAt } from './face-crop.ts';

/** Three slots of 0.2 s; the face moves 10 px a slot, then jumps. */
function columns(xs: number[]): TimelineColumns {
  const count = xs.length;
  const values = new Float32Array(SERIES.length * count).fill(NaN);
  const set = (name: (typeof SERIES)[number], of: (x: number) => number): void =>
    xs.forEach((x, i) => (values[SERIES.indexOf(name) * count + i] = Number.isNaN(x) ? NaN : of(x)));
  set('box_x', (x) => x);
  set('box_y', () => 50);
  set('box_w', () => 100);
  set('box_h', () => 100);
  const times = Float64Array.from([...xs.map((_, i) => i / 5), ...xs.map((_, i) => (i + 1) / 5)]);
  return { times, slots: Int32Array.from(xs, (_, i) => i), values };
}

test('between two slots, the crop moves evenly', () => {
  const moving = columns([0, 10, 20]);
  expect(cropAt(moving, null, 0.1)).toEqual({ x: 50, y: 100, size: 160, roll: 0 });
  expect(cropAt(moving, null, 0.2)!.x).toBeCloseTo(55);
  expect(cropAt(moving, null, 0.25)!.x).toBeCloseTo(57.5);
  expect(cropAt(moving, null, 0.59)!.x).toBe(70);
});

test('after a cut, the crop is at once where the face is', () => {
  const cut = columns([0, 300]);
  expect([cropAt(cut, null, 0.19)!.x, cropAt(cut, null, 0.21)!.x]).toEqual([50, 350]);
});

test('without a face there is no crop; with maps, it is the aligned one', () => {
  const gone = columns([0, NaN]);
  expect([cropAt(gone, null, 0.3), cropAt(gone, null, 5)]).toEqual([null, null]);
  const maps: FaceMaps = {
    side: 1,
    slots: Int32Array.from([0]),
    places: Float32Array.from([40, 60, 200, 0.5]),
    weights: new Uint8Array(3),
    similarity: new Float32Array(7),
  };
  expect(cropAt(gone, maps, 0.1)).toEqual({ x: 40, y: 60, size: 200, roll: 0.5 });
});

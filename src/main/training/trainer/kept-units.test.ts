import { expect, test } from 'vitest';
import type { OnnxContents } from '../../adatosk/onnx/file.ts';
import { firstWeights, unitsHeadAfter, unitsIn } from './kept-units.ts';

const WIDTH = 3;
const UNITS = 2;
const from: OnnxContents = {
  inputs: [],
  outputs: [],
  metadata: { action_units: '1,12' },
  weights: new Map(
    Object.entries({
      'units.fc.weight': [0.5, -1, 2, 0.25, -0.75, 1],
      'units.fc.bias': [0.1, -0.2],
      'head.slot_norm.weight': [1, 0.5, 2],
      'head.slot_norm.bias': [0.3, -0.1, 0],
    }).map(([name, values]) => [name, { dims: [values.length], values: Float32Array.from(values) }]),
  ),
};

test('a model names its units in its metadata, and has none without their weights', () => {
  expect(unitsIn(from)).toEqual([1, 12]);
  expect(unitsIn({ ...from, metadata: {} })).toBeUndefined();
  expect(unitsIn({ ...from, weights: new Map() })).toBeUndefined();
});

test('a training begins with the units of the first model, in its own order, and with new ones', () => {
  expect(firstWeights(from, [1, 12])('units.fc.bias', [2])).toEqual(Float32Array.of(0.1, -0.2));
  expect(firstWeights(from, [12, 4, 1])('units.fc.bias', [3])).toEqual(Float32Array.of(-0.2, -3, 0.1));
  expect(firstWeights(from, [12, 4, 1])('units.fc.weight', [3, 3])).toEqual(Float32Array.of(-1, 0, 0.5, 0.25, 0, 2, 1, 0, -0.75));
  expect(firstWeights({ ...from, metadata: {} }, [1, 12])('units.fc.bias', [2])).toBeUndefined();
  expect(firstWeights(from, undefined)('units.fc.bias', [2])).toBeUndefined();
  expect(firstWeights(from, undefined)('head.slot_norm.weight', [3])).toEqual(Float32Array.of(1, 0.5, 2));
});

test('units keep their outputs when the normalisation before them has learned', () => {
  const trained: Record<string, Float32Array> = {
    'head.slot_norm.weight': Float32Array.of(1.5, -0.4, 1),
    'head.slot_norm.bias': Float32Array.of(0.2, 0.6, -0.3),
  };
  const head = unitsHeadAfter(from, (name) => trained[name]);
  const logits = (read: (name: string) => Float32Array, features: number[]): number[] =>
    Array.from({ length: UNITS }, (_, unit) =>
      features.reduce(
        (sum, x, i) => sum + (x * read('head.slot_norm.weight')[i]! + read('head.slot_norm.bias')[i]!) * read('units.fc.weight')[i * UNITS + unit]!,
        read('units.fc.bias')[unit]!,
      ),
    );
  const features = Array.from({ length: WIDTH }, (_, i) => 1.3 - i);
  const before = logits((name) => from.weights.get(name)!.values, features);
  logits((name) => head(name, []) ?? trained[name]!, features).forEach((value, unit) => expect(value).toBeCloseTo(before[unit]!, 5));
});

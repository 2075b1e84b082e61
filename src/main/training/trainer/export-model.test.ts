import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { OUTPUTS } from '../../adatosk/model/adatosk.ts';
import { SIZES } from '../../adatosk/model/config.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';
import type { ModelFacts } from './export-model.ts';
import { exportModel } from './export-model.ts';
import { unitsIn } from './kept-units.ts';

const FACTS: ModelFacts = {
  id: 'exported',
  name: 'exported',
  size: 'tiny',
  trained: true,
  warnings: [],
  provenance: 'A test.',
  defaultTokenBudget: 0.4,
  card: '',
};
/** A head for three units; other weights are drawn. */
const HEAD: Readonly<Record<string, Float32Array>> = {
  'units.fc.weight': new Float32Array(3 * SIZES.tiny.width).fill(0.1),
  'units.fc.bias': Float32Array.of(1, 2, 3),
};

test('a model has action units where its facts name them and its weights have the head', async () => {
  const folder = await temporaryFolder();
  const manifest = await exportModel(folder, (name) => HEAD[name], { ...FACTS, actionUnits: [1, 4, 12] });
  expect(manifest.actionUnits).toEqual([1, 4, 12]);
  const contents = readOnnx(await readFile(join(folder, 'model.onnx')));
  expect(contents.outputs).toContain(OUTPUTS.actionUnits);
  expect(unitsIn(contents)).toEqual([1, 4, 12]);
  expect(contents.weights.get('units.fc.bias')!.values).toEqual(HEAD['units.fc.bias']);
});

test('a model without the one or the other has none, and its file is as before', async () => {
  const folder = await temporaryFolder();
  const without = [
    await exportModel(folder, () => undefined, { ...FACTS, actionUnits: [1, 4, 12] }),
    await exportModel(folder, (name) => HEAD[name], FACTS),
    await exportModel(folder, () => undefined, FACTS),
  ];
  expect(new Set(without.map(({ sha256, actionUnits }) => `${sha256} ${actionUnits === undefined}`)).size).toBe(1);
  expect(readOnnx(await readFile(join(folder, 'model.onnx'))).outputs).not.toContain(OUTPUTS.actionUnits);
});

test('units that do not fit the head are an error', async () => {
  await expect(exportModel(await temporaryFolder(), (name) => HEAD[name], { ...FACTS, actionUnits: [1, 4] })).rejects.toThrow('3 action units, not 2');
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ONE_FACE, temporaryFolder } from '../../../../testing/videos.ts';
import { aucOf } from '../../../shared/statistics/recognition.ts';
import { EXPRESSIONS, NEUTRAL_INDEX } from '../../../shared/domain/expressions.ts';
import { startChildProcessEngine } from '../../adatosk/runtime/child-process-engine.ts';
import { Engine } from '../../adatosk/runtime/engine.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import { startDetectors } from '../../adatosk/runtime/providers.ts';
import { detectorFiles } from '../../face/detector-files.ts';
import { baselineModel, predictByBaseline } from './baseline.ts';
import { cachedClips, clipOf } from '../data/cached-clips.ts';
import { openSource } from '../data/clip-source.ts';
import { FaceCache } from '../data/face-cache.ts';
import { firstEmbedding } from '../trainer/first-embedding.ts';
import { knownRow } from '../../../../testing/rows.ts';

const folder = await temporaryFolder();
const engines: Engine[] = [];
afterAll(() => engines.forEach((engine) => engine.stop()));

test('the baseline network predicts neutral for a neutral face, and its probabilities add up to 1', async () => {
  const { engine: finder, detectors } = await startDetectors(startChildProcessEngine, detectorFiles(modelsFolder()));
  engines.push(finder);
  const face = await new FaceCache(folder, 112, 10, 1e9, () => Promise.resolve(detectors)).face(ONE_FACE, 'a'.repeat(64));
  const clip = clipOf(knownRow({ label: NEUTRAL_INDEX, startS: 0, endS: 3 }), face);
  if ('id' in clip) throw new Error(clip.id);
  const source = await openSource(cachedClips(112, [clip]));
  await writeFile(join(folder, 'baseline.onnx'), await baselineModel());
  const engine = new Engine(startChildProcessEngine);
  engines.push(engine);
  const [prediction] = await predictByBaseline(await engine.load(join(folder, 'baseline.onnx'), 'cpu', 1), source, [0], 1, () => undefined);
  expect(prediction!.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 3);
  expect(prediction!.probabilities[NEUTRAL_INDEX]).toBeGreaterThan(0.8);
});

test('initial weights of the tube embedding represent detail and not only brightness', async () => {
  const side = 32;
  let state = 1;
  const noise = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  // Smooth ramps of random brightness and direction, a rough model of tubes of faces.
  const pixels = new Uint8Array(2 * side * side * 3);
  const source = {
    side,
    clips: [{ samples: 4, label: 0, moments: null }],
    read: () => {
      const [light, across, down] = [60 + 120 * noise(), 4 * (noise() - 0.5), 4 * (noise() - 0.5)];
      for (let i = 0; i < pixels.length; i++)
        pixels[i] = light + across * (Math.floor(i / 3) % side) + down * (Math.floor(i / (3 * side)) % side) + 6 * noise();
      return Promise.resolve(Uint8Array.from(pixels));
    },
  };
  const width = 24;
  const weights = await firstEmbedding(source, width, 1);
  expect(weights).toHaveLength(1536 * width);
  expect(weights.every(Number.isFinite)).toBe(true);
  // Products of the columns with tubes: the strongest directions have a standard deviation near 1, and no column is 0.
  const sums = Array.from({ length: width }, () => [] as number[]);
  for (let n = 0; n < 200; n++) {
    const frames = await source.read();
    const products = new Float64Array(width);
    for (let frame = 0; frame < 2; frame++)
      for (let y = 0; y < 16; y++)
        for (let x = 0; x < 16; x++)
          for (let c = 0; c < 3; c++) {
            const value = frames[((frame * side + y) * side + x) * 3 + c]! / 255 / 0.225;
            for (let column = 0; column < width; column++) products[column]! += value * weights[(((frame * 16 + y) * 16 + x) * 3 + c) * width + column]!;
          }
    products.forEach((value, column) => sums[column]!.push(value));
  }
  const deviation = (values: readonly number[]): number => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  expect(deviation(sums[0]!)).toBeGreaterThan(0.6);
  expect(deviation(sums[0]!)).toBeLessThan(1.5);
  // Brightness, by far the largest difference, no longer dominates the slopes.
  expect(deviation(sums[1]!)).toBeGreaterThan(0.5 * deviation(sums[0]!));
});

test('the area under the ROC curve uses only two classes', () => {
  const predicted = (label: number, smile: number): { label: number; probabilities: number[] } => ({
    label,
    probabilities: EXPRESSIONS.map((_, i) => (i === 0 ? smile : i === NEUTRAL_INDEX ? 1 - smile : 0)),
  });
  expect(aucOf([predicted(0, 0.9), predicted(0, 0.6), predicted(NEUTRAL_INDEX, 0.2), predicted(NEUTRAL_INDEX, 0.1)])).toBe(1);
  expect(aucOf([predicted(0, 0.9), predicted(0, 0.15), predicted(NEUTRAL_INDEX, 0.2), predicted(NEUTRAL_INDEX, 0.1)])).toBe(0.75);
  expect(aucOf([predicted(0, 0.5), predicted(NEUTRAL_INDEX, 0.5)])).toBe(0.5);
  expect(aucOf([predicted(0, 0.5), predicted(1, 0.5), predicted(2, 0.5)])).toBeNaN();
});

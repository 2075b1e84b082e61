/**
 * Writes a model whose weights are the weighted mean of two models of one size (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
 * models"): what a training learned, without all that it forgot. Weights that only the second model has are taken from it.
 *
 * Usage: average-weights.ts FIRST SECOND SHARE OUT   (SHARE: that of the second model, 0 to 1)
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel, refuseToOverwriteModel } from '../src/main/adatosk/runtime/models.ts';
import { readOnnx } from '../src/main/adatosk/onnx/file.ts';
import { exportModel } from '../src/main/training/trainer/export-model.ts';

const [firstPath = '', secondPath = '', shareText = '', out = ''] = process.argv.slice(2);
const share = Number(shareText);
if (out === '' || !(share >= 0 && share <= 1)) throw new Error('Usage: average-weights.ts FIRST SECOND SHARE OUT');
refuseToOverwriteModel(out);
const [first, second] = [await findModel(firstPath), await findModel(secondPath)];
if (first.manifest.size !== second.manifest.size) throw new Error(`the models have different sizes: ${first.manifest.size} and ${second.manifest.size}`);
const [before, after] = await Promise.all([first, second].map(async ({ file }) => readOnnx(await readFile(file)).weights));
await mkdir(out, { recursive: true });
const { actionUnits, mirrored, temperature: _, leastSimilarity: __, ...manifest } = second.manifest;
const card = await readFile(join(second.folder, 'MODEL_CARD.md'), 'utf8');
const { sha256 } = await exportModel(
  out,
  (name) => {
    const [a, b] = [before?.get(name)?.values, after?.get(name)?.values];
    return a === undefined || b === undefined ? b : a.map((value, i) => value * (1 - share) + (b[i] ?? 0) * share);
  },
  {
    ...manifest,
    ...(actionUnits && { actionUnits }),
    ...(mirrored !== undefined && { mirrored }),
    // The weights contain their temperatures.
    temperature: 1,
    card: `${card}\n\nMean of these weights (${share}) and those of ${first.manifest.id} (${1 - share}).`,
  },
);
process.stdout.write(`${sha256}\n`);

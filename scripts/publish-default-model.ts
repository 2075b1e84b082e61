/**
 * Measures a trained model on everything that its card reports, and makes it the default model: model.onnx, manifest.json,
 * evaluation.json and MODEL_CARD.md in models/adatosk-SIZE. First add the training to training.json there.
 *
 * Usage: publish-default-model.ts MODEL SET PHOTOGRAPHS CONDITIONS [--keep-calibration]
 *   SET          rendered set (adatosk synthesize)
 *   PHOTOGRAPHS  clips.csv of photographs (adatosk synthesize --kind photographs)
 *   CONDITIONS   folder with a rendered set for each condition (adatosk synthesize --condition NAME --train 0 --validation 0)
 *   --keep-calibration   for a training of the head for action units alone: everything else stays as it is
 */
import { copyFile, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { quantile } from 'simple-statistics';
import { EXPRESSIONS } from '../src/shared/domain/expressions.ts';
import { notice } from '../src/shared/app/notices.ts';
import type { ModelEvaluation } from '../src/shared/statistics/evaluation.ts';
import type { ModelManifest } from '../src/shared/domain/manifest.ts';
import type { Prediction } from '../src/shared/statistics/recognition.ts';
import type { ModelSession } from '../src/shared/domain/model-session.ts';
import { logLossOf, uarOf } from '../src/shared/statistics/recognition.ts';
import type { Model } from '../src/main/adatosk/runtime/models.ts';
import { findModel, modelsFolder } from '../src/main/adatosk/runtime/models.ts';
import { readOnnx } from '../src/main/adatosk/onnx/file.ts';
import { startNetwork } from '../src/main/adatosk/runtime/providers.ts';
import { startChildProcessEngine } from '../src/main/services/studio/processes.ts';
import { evaluateModel } from '../src/main/services/training/evaluate-model.ts';
import type { EvaluateRequest } from '../src/main/services/training/evaluate-model.ts';
import { openClipSet } from '../src/main/services/analysis/prepare-clips.ts';
import { heldRepetitions } from '../src/main/services/training/train-model.ts';
import { cachedClips } from '../src/main/training/data/cached-clips.ts';
import type { ClipSource } from '../src/main/training/data/clip-source.ts';
import { openSource } from '../src/main/training/data/clip-source.ts';
import { evenWindows } from '../src/main/training/data/sampling.ts';
import { readClip } from '../src/main/analysis/analyse-video.ts';
import { WINDOWS } from '../src/main/training/evaluation/evaluation.ts';
import { firstWeights } from '../src/main/training/trainer/kept-units.ts';
import { exportModel } from '../src/main/training/trainer/export-model.ts';
import { calibrated, favouringNeutral, fitCalibration, predict } from '../src/main/training/evaluation/prediction.ts';
import { lineageSchema } from '../src/shared/domain/lineage.ts';
import { modelCard } from './model-card.ts';
import { postHocMasks } from './mask-choices.ts';

/** How the default model is used: mirrored clips beside the clips themselves, and a budget at which that pays most (validation clips). */
const USE = { mirrored: true, defaultTokenBudget: 0.7 } as const;

/**
 * Units that the head reads hardly better than chance on rendered faces of unseen people (AUC of 14: 0.47, of 18: 0.70), or that no test
 * clip shows (28).
 */
const LEFT_OUT_UNITS: readonly number[] = [14, 18, 28];

const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'keep-calibration': { type: 'boolean', default: false } } });
const [trainedPath, set, photographs, conditions] = positionals as [string, string, string, string];
const never = new AbortController().signal;
const faces = join(tmpdir(), 'adatosk-publish-faces');
await mkdir(faces, { recursive: true });
const modelPath = join(await mkdtemp(join(tmpdir(), 'adatosk-publish-')), 'adatosk-tiny');
if (values['keep-calibration']) await keepCalibration(await findModel(trainedPath));
else await calibrate(await findModel(trainedPath));
const model = await findModel(modelPath);

const quiet = { onPrepare: () => undefined, onProgress: () => undefined };
const evaluate = async (data: string, more: Partial<EvaluateRequest> = {}): Promise<ModelEvaluation> => {
  process.stderr.write(`evaluating on ${data} ${JSON.stringify(more)}\n`);
  const request: EvaluateRequest = {
    model: modelPath,
    data,
    split: 'test',
    budgets: [],
    baseline: false,
    out: null,
    device: 'cpu',
    threads: 2,
    faces,
    cacheLimit: 20e9,
    ...more,
  };
  return evaluateModel(request, startChildProcessEngine, quiet, never);
};

const test = await evaluate(set, { baseline: true, budgets: [1] });
const portraits = await evaluate(photographs, { baseline: true });
const byCondition: [string, ModelEvaluation][] = [];
for (const name of (await readdir(conditions)).sort()) byCondition.push([name, await evaluate(join(conditions, name))]);
const masks = await postHocMasks(model, set);

const { size, id } = model.manifest;
const folder = join(modelsFolder(), `adatosk-${size}`);
const failed = (test.uar.value ?? 0) < 0.85;
const manifest: ModelManifest = {
  ...model.manifest,
  name: `AdaTosk ${size}`,
  warnings: [notice('model/rendered', {}), ...(failed ? [notice('model/weak', { percent: Math.round(1000 * (test.uar.value ?? 0)) / 10 })] : [])],
  provenance: `Trained from random weights by this project on clips rendered from the ICT-FaceKit light model with skins of portraits (Face Research Lab), and on the portraits themselves. See MODEL_CARD.md.`,
};
if (id !== `adatosk-${size}`) throw new Error(`the model's id is ${id}: train it into a folder of the name adatosk-${size}`);
await copyFile(model.file, join(folder, 'model.onnx'));
await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await writeFile(join(folder, 'evaluation.json'), `${JSON.stringify({ test, portraits, conditions: Object.fromEntries(byCondition), masks }, null, 1)}\n`);
// Whoever trained the weights has added the training to training.json; the hash is that of the calibrated weights.
const text = await readFile(join(folder, 'training.json'), 'utf8');
const lineage = lineageSchema.parse(JSON.parse(text));
await writeFile(join(folder, 'training.json'), text.replace(lineage.sha256, manifest.sha256));
await writeFile(join(folder, 'MODEL_CARD.md'), await modelCard(folder));

function publishedUnits(units: ModelManifest['actionUnits']): ModelManifest['actionUnits'] {
  const [first, ...others] = (units ?? []).filter((unit) => !LEFT_OUT_UNITS.includes(unit));
  return first === undefined ? undefined : [first, ...others];
}

/** Writes the trained model anew with the facts of the published one, of which it differs in its action units alone. */
async function keepCalibration({ manifest: { actionUnits }, file }: Model): Promise<void> {
  await mkdir(modelPath);
  const published = await findModel('adatosk-tiny');
  const { weights: before } = readOnnx(await readFile(published.file));
  const after = readOnnx(await readFile(file));
  const isSame = (name: string): boolean => before.get(name)!.values.every((value, i) => value === after.weights.get(name)?.values[i]);
  const changed = [...before.keys()].filter((name) => !name.startsWith('units.') && !isSame(name));
  if (changed.length > 0) throw new Error(`more than action units has changed: ${changed.join(', ')}`);
  const units = publishedUnits(actionUnits);
  // The weights contain their temperature.
  const { temperature: _, ...written } = await exportModel(modelPath, firstWeights(after, units), {
    ...published.manifest,
    actionUnits: units,
    temperature: 1,
    card: '',
  });
  const { temperature } = published.manifest;
  await writeFile(join(modelPath, 'manifest.json'), JSON.stringify({ ...written, ...(temperature !== undefined && { temperature }) }));
}

/**
 * Writes the trained model anew for how it is used, its logits calibrated by what validation clips ask for then: the mean
 * of two answers is more cautious than each of them, and a class that is proposed too rarely gets its due.
 */
async function calibrate(trained: Model): Promise<void> {
  await mkdir(modelPath);
  const actionUnits = publishedUnits(trained.manifest.actionUnits);
  const source = firstWeights(readOnnx(await readFile(trained.file)), actionUnits);
  const facts = { ...trained.manifest, ...USE, actionUnits, card: await readFile(join(trained.folder, 'MODEL_CARD.md'), 'utf8') };
  await exportModel(modelPath, source, { ...facts, temperature: 1 });
  const { engine, network } = await startNetwork(startChildProcessEngine, await findModel(modelPath), 'cpu', 2);
  const [renderedClips, photographedClips] = [await validationClips(set), await validationClips(photographs)];
  const [rendered, photographed] = [await predictionsOf(network, renderedClips), await predictionsOf(network, photographedClips)];
  const leastSimilarity = await leastSimilarityOf(network, renderedClips);
  engine.stop();
  const ofTheirClasses = rendered.filter(({ label }) => photographed.some((each) => each.label === label)).length;
  // Photographs count among clips of their classes as they do in training.
  const times = heldRepetitions(photographed.length, ofTheirClasses);
  const least = fitCalibration([...rendered, ...Array.from({ length: times }, () => photographed).flat()]);
  const calibration = favouringNeutral(rendered, least);
  for (const [name, predictions] of Object.entries({ rendered, photographed })) {
    const after = predictions.map((each) => ({ ...each, probabilities: calibrated(each.probabilities, calibration) }));
    const tell = (these: readonly Prediction[]): string => `UAR ${uarOf(these).toFixed(3)}, log loss ${logLossOf(these).toFixed(3)}`;
    process.stderr.write(`validation clips, ${name} (${predictions.length}), before: ${tell(predictions)}; after: ${tell(after)}\n`);
  }
  process.stderr.write(`${JSON.stringify({ ...calibration, leastSimilarity })}\n`);
  await exportModel(modelPath, source, { ...facts, ...calibration, leastSimilarity });
}

/** The similarity that one in a hundred slots of validation clips is below (manifest: leastSimilarity). Calibration does not change similarities. */
async function leastSimilarityOf(network: ModelSession, source: ClipSource): Promise<number> {
  const { manifest: uncalibrated } = await findModel(modelPath);
  const largest: number[] = [];
  for (const [clip, facts] of source.clips.entries()) {
    for (const window of evenWindows(facts, WINDOWS)) {
      const { similarity } = await readClip({ network, model: uncalibrated }, await source.read(clip, window), uncalibrated.defaultTokenBudget);
      for (let at = 0; at < similarity.length; at += EXPRESSIONS.length) largest.push(Math.max(...similarity.subarray(at, at + EXPRESSIONS.length)));
    }
  }
  return Math.round(1e4 * quantile(largest, 0.01)) / 1e4;
}

async function validationClips(data: string): Promise<ClipSource> {
  const clipSet = await openClipSet(data, never);
  const { clip } = (await findModel(modelPath)).manifest;
  const rows = clipSet.rows.filter(({ split }) => split === 'validation');
  const prepared = await clipSet.prepare(
    rows,
    { faces, limit: 20e9, side: clip.height, rate: clip.sampleRateHz },
    startChildProcessEngine,
    () => undefined,
    never,
  );
  return openSource(
    cachedClips(
      clip.height,
      prepared.map((each) => each.clip),
    ),
  );
}

/** What a network says of clips. */
async function predictionsOf(network: ModelSession, source: ClipSource): Promise<Prediction[]> {
  const { clip } = (await findModel(modelPath)).manifest;
  const all = source.clips.map((_, i) => i);
  return predict(network, clip, source, all, { tokenBudget: USE.defaultTokenBudget, windows: WINDOWS });
}

import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';
import { sentencesOf } from '../../../shared/app/notices.ts';
import type { BaselineEvaluation, ModelEvaluation } from '../../../shared/statistics/evaluation.ts';
import type { Split } from '../../../shared/domain/splits.ts';
import type { Engine, EngineStarter } from '../../adatosk/runtime/engine.ts';
import { ensureModelFile, findModel } from '../../adatosk/runtime/models.ts';
import type { Device } from '../../adatosk/runtime/providers.ts';
import { startNetwork } from '../../adatosk/runtime/providers.ts';
import { cachedClips } from '../../training/data/cached-clips.ts';
import type { ClipSource } from '../../training/data/clip-source.ts';
import { openSource } from '../../training/data/clip-source.ts';
import type { ClipPeople } from '../../training/evaluation/evaluation.ts';
import { baselineModel } from '../../training/evaluation/baseline.ts';
import { evaluate, evaluateBaseline } from '../../training/evaluation/evaluation.ts';
import { splitRows, unitOf } from '../../training/data/splits.ts';
import { evaluationPage } from '../../formats/evaluation-page.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { PrepareProgress } from '../analysis/prepare-clips.ts';
import { openClipSet } from '../analysis/prepare-clips.ts';
import { warningsOf } from '../models/model-warnings.ts';
import { temporaryFolder } from '../../process/private-files.ts';

export interface EvaluateRequest {
  readonly model: string;
  readonly data: string;
  /** Fold of a public set that tests; null or absent for its first one, or for none where people are divided. */
  readonly fold?: number | null;
  /** The clips to use: 'all' or one split. Null means the test split if the set has one, else all clips. */
  readonly split: Split | 'all' | null;
  readonly budgets: readonly number[];
  /** Whether the baseline network is evaluated on the same clips. */
  readonly baseline: boolean;
  /** Folder for evaluation.json and evaluation.html; null writes no files. */
  readonly out: string | null;
  readonly device: Device;
  readonly threads: number;
  readonly faces: string | null;
  readonly cacheLimit: number;
}

const BOOTSTRAP_SEED = 1;

/**
 * Evaluates a model on a labelled clip set.
 * @throws StudioError for an unusable model or set; the error lists the invalid rows
 */
export async function evaluateModel(
  request: EvaluateRequest,
  start: EngineStarter,
  events: { readonly onPrepare: PrepareProgress; readonly onProgress: (done: number, total: number) => void },
  signal: AbortSignal,
): Promise<ModelEvaluation> {
  const model = await findModel(request.model);
  const sha256 = await ensureModelFile(model);
  const set = await openClipSet(request.data, signal, request.fold);
  const { rows } = set;
  const split = request.split ?? (rows.some((row) => row.split === 'test') ? 'test' : 'all');
  const ofSplit = split === 'all' ? rows : splitRows(request.data, rows, 0, 0)[split];
  const selected = ofSplit.filter(({ label }) => label !== null || set.actionUnits !== null);
  if (selected.length === 0) throw new StudioError('data-set-invalid/no-labelled-clip', { data: request.data, split });
  const faces = request.faces ?? temporaryFolder('faces');
  let engine: Engine | undefined;
  try {
    const { height, sampleRateHz } = model.manifest.clip;
    const prepared = await set.prepare(selected, { faces, limit: request.cacheLimit, side: height, rate: sampleRateHz }, start, events.onPrepare, signal);
    const started = await startNetwork(start, model, request.device, request.threads);
    engine = started.engine;
    const clips = prepared.map(({ clip }) => clip);
    const source = await openSource(cachedClips(height, clips));
    const people = prepared.map(({ row }) => ({ unit: unitOf(row), group: row.group }));
    const stop = (): void => started.engine.stop();
    signal.addEventListener('abort', stop);
    const evaluation = await evaluate(
      started.network,
      source,
      people,
      { model: model.manifest, budgets: request.budgets, seed: BOOTSTRAP_SEED, actionUnits: set.actionUnits },
      events.onProgress,
    );
    const baseline = request.baseline ? await baselineEvaluation(started.engine, source, people, events.onProgress) : null;
    const outcome = {
      ...evaluation,
      baseline,
      model: model.manifest.id,
      sha256,
      trained: model.manifest.trained,
      warnings: sentencesOf(warningsOf(model)),
      data: request.data,
      split,
    };
    if (request.out !== null) {
      const out = resolve(request.out);
      await writeAtomically(join(out, 'evaluation.json'), [`${JSON.stringify(outcome, null, 2)}\n`]);
      await writeAtomically(join(out, 'evaluation.html'), [evaluationPage(outcome)]);
    }
    return outcome;
  } finally {
    engine?.stop();
    if (request.faces === null) await rm(faces, { recursive: true, force: true });
  }
}

/** Evaluates the baseline. Its model needs a temporary file, because onnxruntime reads models from files. */
async function baselineEvaluation(
  engine: Engine,
  source: ClipSource,
  people: readonly ClipPeople[],
  onProgress: (done: number, total: number) => void,
): Promise<BaselineEvaluation> {
  const folder = temporaryFolder('baseline');
  try {
    const file = join(folder, 'baseline.onnx');
    await writeFile(file, await baselineModel());
    return await evaluateBaseline(await engine.load(file, 'cpu', 1), source, people, BOOTSTRAP_SEED, onProgress);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdir, readFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { sentenceOf, StudioError, writeError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { mapForeignWeights, foreignWidth } from '../../adatosk/onnx/imported-weights.ts';
import { modelIdFrom, modelsFolder, refuseToOverwriteModel } from '../../adatosk/runtime/models.ts';
import { buildInferenceGraph } from '../../adatosk/model/adatosk.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';
import type { WeightSource } from '../../adatosk/onnx/file.ts';
import { readSafetensors } from '../../adatosk/onnx/safetensors.ts';
import type { SizeName } from '../../adatosk/model/config.ts';
import { SIZES } from '../../adatosk/model/config.ts';
import type { ModelFacts } from '../../training/trainer/export-model.ts';
import { exportModel } from '../../training/trainer/export-model.ts';

export interface ImportRequest {
  readonly file: string;
  /** Id of the new model; null means the name of the file. */
  readonly id: string | null;
  /** Folder of the new model; null means a folder in the folder of models. */
  readonly out: string | null;
}

export interface ImportOutcome {
  readonly id: string;
  readonly folder: string;
  readonly size: SizeName;
  readonly trained: boolean;
  readonly mapped: number;
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  /** Parameters without imported values; they get random values. */
  readonly missing: readonly string[];
  readonly sha256: string;
}

/** Width of the encoder of MAE-DFER, whose layers are not compatible. */
const MAE_DFER_WIDTH = 512;

interface Imported {
  readonly size: SizeName;
  readonly trained: boolean;
  readonly weights: WeightSource;
  readonly mapped: number;
  readonly left: ImportOutcome['left'];
  readonly missing: readonly string[];
  readonly warning: Notice;
}

/**
 * Imports the weights of a model: from an .onnx file with the parameter names of this program, or from a .safetensors file
 * with an encoder with the names of VideoMAE or MAE-DFER. Only weights are imported: this program writes the graph itself, so that
 * no foreign graph is run.
 * @throws StudioError 'model-invalid' with the reason; 'wrong-usage' if the model already exists
 */
export async function importModel({ file, id: givenId, out }: ImportRequest): Promise<ImportOutcome> {
  const ending = extname(file).toLowerCase();
  const id = givenId ?? modelIdFrom(basename(file, ending), 'adatosk-imported');
  const folder = resolve(out ?? join(modelsFolder(), id));
  refuseToOverwriteModel(folder);
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StudioError('file-missing/model', { file }, error);
  });
  const imported = ending === '.onnx' ? fromOnnx(file, bytes) : ending === '.safetensors' ? fromSafetensors(file, bytes) : undefined;
  if (imported === undefined) throw new StudioError('wrong-usage/model-format', { file });
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, error);
  });
  const { size, trained, weights, mapped, left, missing } = imported;
  const manifest = await exportModel(folder, weights, factsOf(id, file, imported));
  return { id, folder, size, trained, mapped, left, missing, sha256: manifest.sha256 };
}

function factsOf(id: string, file: string, { size, trained, warning, mapped, left, missing }: Imported): ModelFacts {
  return {
    id,
    name: id,
    size,
    trained,
    warnings: [warning],
    provenance: `Imported from ${basename(file)}; how it was trained is not known to this program.`,
    defaultTokenBudget: SIZES[size].defaultTokenBudget,
    card: `${mapped} tensors were taken over, ${left.length} were left, ${missing.length} parameters began with random values.\n\nIts licence is that of its source.`,
  };
}

function fromOnnx(file: string, bytes: Uint8Array): Imported {
  const contents = attempt(file, () => readOnnx(bytes));
  for (const size of Object.keys(SIZES) as SizeName[]) {
    const { parameters } = buildInferenceGraph(SIZES[size]);
    const fits = [...parameters].filter(([name, { dims }]) => contents.weights.get(name)?.dims.join() === dims.join());
    if (fits.length < parameters.size) continue;
    const left = [...contents.weights.keys()].filter((name) => !parameters.has(name)).map((name) => ({ name, reason: 'is no weight of the network' }));
    const trained = contents.metadata['trained'] !== 'false';
    const warning = notice(trained ? 'model/imported' : 'model/imported-untrained', {});
    return { size, trained, weights: (name) => contents.weights.get(name)?.values, mapped: fits.length, left, missing: [], warning };
  }
  const { parameters } = buildInferenceGraph(SIZES.tiny);
  const missing = [...parameters.keys()].filter((name) => !contents.weights.has(name));
  const [first] = missing;
  throw first === undefined
    ? new StudioError('model-invalid/other-shapes', { file })
    : new StudioError('model-invalid/missing-weights', { file, name: first, missing: missing.length, total: parameters.size });
}

function fromSafetensors(file: string, bytes: Uint8Array): Imported {
  const tensors = attempt(file, () => readSafetensors(bytes));
  const width = foreignWidth(tensors);
  if (width === undefined) throw new StudioError('model-invalid/no-tubes', { file });
  const size = (Object.keys(SIZES) as SizeName[]).find((name) => SIZES[name].width === width);
  if (size === undefined)
    throw new StudioError(width === MAE_DFER_WIDTH ? 'model-invalid/mae-dfer' : 'model-invalid/width', {
      file,
      width,
      known: Object.values(SIZES).map((each) => `${each.width} (${each.name})`),
    });
  const { weights, used, left, missing } = mapForeignWeights(tensors, buildInferenceGraph(SIZES[size]).parameters);
  const warning = notice('model/imported-encoder', {});
  return { size, trained: false, weights: (name) => weights.get(name), mapped: used.length, left, missing, warning };
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StudioError('model-invalid/unreadable', { file, detail: sentenceOf(error) }, error);
  }
}

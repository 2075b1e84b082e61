import { mkdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { sentenceOf, StudioError, writeError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, sentencesOf } from '../../../shared/app/notices.ts';
import { modelFileEnding } from '../../../shared/domain/model-files.ts';
import type { EncoderMatch, ForeignEncoder, LeftTensor } from '../../adatosk/onnx/imported-weights.ts';
import { describeEncoder, matchEncoder, missingInEncoder, readMatches, TUBE_KERNEL, unfitting } from '../../adatosk/onnx/imported-weights.ts';
import { modelIdFrom, modelsFolder, refuseToOverwriteModel } from '../../adatosk/runtime/models.ts';
import { buildInferenceGraph } from '../../adatosk/model/adatosk.ts';
import type { FileBytes } from '../../adatosk/onnx/file-bytes.ts';
import { withFileBytes } from '../../adatosk/onnx/file-bytes.ts';
import { readOnnx } from '../../adatosk/onnx/file.ts';
import type { WeightSource } from '../../adatosk/onnx/file.ts';
import { RefusedName } from '../../adatosk/onnx/pickle.ts';
import { OldCheckpoint, readPytorchCheckpoint, ScriptArchive } from '../../adatosk/onnx/pytorch-checkpoint.ts';
import { readSafetensors } from '../../adatosk/onnx/safetensors.ts';
import type { StoredWeights } from '../../adatosk/onnx/stored-tensor.ts';
import type { NetworkSize, SizeName } from '../../adatosk/model/config.ts';
import { SIZES } from '../../adatosk/model/config.ts';
import type { ModelFacts } from '../../training/trainer/export-model.ts';
import { exportModel } from '../../training/trainer/export-model.ts';
import { ownModelsFolder } from '../settings/personal-folders.ts';
import { unitsIn } from '../../training/trainer/kept-units.ts';

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
  readonly left: readonly LeftTensor[];
  /** Parameters without imported values; they get their first values, most of them random. */
  readonly missing: readonly string[];
  /** What was taken over and what was not, for people. */
  readonly notes: readonly Notice[];
  readonly sha256: string;
}

interface Imported {
  readonly size: SizeName;
  readonly trained: boolean;
  readonly actionUnits?: number[] | undefined;
  readonly weights: WeightSource;
  readonly mapped: number;
  readonly left: ImportOutcome['left'];
  readonly missing: readonly string[];
  readonly notes: readonly Notice[];
  readonly warning: Notice;
}

/**
 * Imports the weights of a model: from an .onnx file with the parameter names of this program, or the encoder of VideoMAE from a
 * .safetensors file or a checkpoint of PyTorch. Only weights are imported: this program writes the graph itself, so that no foreign
 * graph is run, and nothing in a checkpoint is run either.
 * @throws StudioError 'model-invalid' with the reason; 'wrong-usage' if the model already exists
 */
export async function importModel({ file, id: givenId, out }: ImportRequest): Promise<ImportOutcome> {
  const id = givenId ?? idOf(file);
  const folder = resolve(out ?? join(modelsFolder(), id));
  refuseToOverwriteModel(folder);
  const imported = await readModelFile(file);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw writeError(folder, error);
  });
  const { size, trained, weights, mapped, left, missing, notes } = imported;
  const manifest = await exportModel(folder, weights, factsOf(id, file, imported));
  return { id, folder, size, trained, mapped, left, missing, notes, sha256: manifest.sha256 };
}

/** Imports a model into the personal folder of models, under a name that is still free there. */
export function importOwnModel(file: string): Promise<ImportOutcome> {
  const first = idOf(file);
  let id = first;
  for (let i = 2; existsSync(join(ownModelsFolder(), id)); i++) id = `${first}-${i}`;
  return importModel({ file, id, out: join(ownModelsFolder(), id) });
}

function idOf(file: string): string {
  return modelIdFrom(basename(file, extname(file)), 'adatosk-imported');
}

async function readModelFile(file: string): Promise<Imported> {
  switch (modelFileEnding(file)) {
    case 'onnx':
      return fromOnnx(file);
    case 'safetensors':
      return fromEncoder(file, readSafetensors);
    case 'pth':
    case 'pt':
    case 'bin':
      return fromEncoder(file, readPytorchCheckpoint);
    case undefined:
      throw new StudioError('wrong-usage/model-format', { file });
  }
}

function factsOf(id: string, file: string, { size, trained, actionUnits, warning, mapped, left, missing, notes }: Imported): ModelFacts {
  const [first, ...others] = actionUnits ?? [];
  const lines = sentencesOf(notes).map((each) => `- ${each}\n`);
  return {
    ...(first === undefined ? {} : { actionUnits: [first, ...others] }),
    id,
    name: id,
    size,
    trained,
    warnings: [warning],
    provenance: `Imported from ${basename(file)}; how it was trained is not known to this program.`,
    defaultTokenBudget: SIZES[size].defaultTokenBudget,
    card: `${mapped} tensors were taken over, ${left.length} were left, ${missing.length} parameters began with random values.\n\n${lines.length === 0 ? '' : `${lines.join('')}\n`}Its licence is that of its source.`,
  };
}

async function fromOnnx(file: string): Promise<Imported> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StudioError('file-missing/model', { file }, error);
  });
  const contents = attempt(file, () => readOnnx(bytes));
  for (const size of Object.keys(SIZES) as SizeName[]) {
    const { parameters } = buildInferenceGraph(SIZES[size]);
    const fits = [...parameters].filter(([name, { dims }]) => contents.weights.get(name)?.dims.join() === dims.join());
    if (fits.length < parameters.size) continue;
    const own = buildInferenceGraph(SIZES[size], unitsIn(contents)?.length).parameters;
    const left = [...contents.weights.keys()].filter((name) => !own.has(name)).map((name) => ({ name, reason: notice('import/no-counterpart', {}) }));
    const trained = contents.metadata['trained'] !== 'false';
    const warning = notice(trained ? 'model/imported' : 'model/imported-untrained', {});
    return {
      size,
      trained,
      actionUnits: unitsIn(contents),
      weights: (name) => contents.weights.get(name)?.values,
      mapped: fits.length,
      left,
      missing: [],
      notes: [],
      warning,
    };
  }
  const { parameters } = buildInferenceGraph(SIZES.tiny);
  const missing = [...parameters.keys()].filter((name) => !contents.weights.has(name));
  const [first] = missing;
  throw first === undefined
    ? new StudioError('model-invalid/other-shapes', { file })
    : new StudioError('model-invalid/missing-weights', { file, name: first, missing: missing.length, total: parameters.size });
}

/** Imports the encoder of another program, if every block of the network gets all its weights from it. */
async function fromEncoder(file: string, readWeights: (bytes: FileBytes) => Promise<StoredWeights>): Promise<Imported> {
  try {
    return await withFileBytes(file, async (bytes) => {
      const stored = await readWeights(bytes);
      refuseControlCharacters(stored);
      const dims = new Map([...stored.tensors].map(([name, tensor]) => [name, tensor.dims]));
      const encoder = describeEncoder(dims);
      if (encoder === undefined) throw new StudioError('model-invalid/no-tubes', { file });
      const size = sizeFor(file, encoder, dims.size);
      const match = matchEncoder(dims, buildInferenceGraph(size).parameters);
      refuseIncomplete(file, size, match);
      const weights = await readMatches(match.matches, stored.tensors);
      const { matches, left, missing } = match;
      const notes = notesOf(size, encoder, match, stored.cropSide);
      const warning = notice('model/imported-encoder', {});
      return { size: size.name, trained: false, weights: (name) => weights.get(name), mapped: matches.length, left, missing, notes, warning };
    });
  } catch (error) {
    throw asModelError(file, error);
  }
}

/** Names go to terminals, where control characters can change what a person sees. */
function refuseControlCharacters({ tensors }: StoredWeights): void {
  if ([...tensors.keys()].some((name) => /\p{Cc}/u.test(name))) throw new Error('the name of one of its tensors has control characters');
}

/** The size of the network for an encoder. @throws StudioError 'model-invalid' where no size has its tokens and blocks */
function sizeFor(file: string, { kernel: [width = 0, ...kernel], blocks, lgiFormer }: ForeignEncoder, tensors: number): NetworkSize {
  const known = Object.values(SIZES).map((each) => `${each.width} (${each.name})`);
  if (lgiFormer.length > 0) throw new StudioError('model-invalid/mae-dfer', { file, width, blocks, own: lgiFormer.length, total: tensors, known });
  if (kernel.join() !== TUBE_KERNEL.join()) {
    const [, ...expected] = TUBE_KERNEL;
    throw new StudioError('model-invalid/other-tubes', { file, found: kernel.join(' x '), expected: expected.join(' x ') });
  }
  const size = Object.values(SIZES).find((each) => each.width === width);
  if (size === undefined) throw new StudioError('model-invalid/width', { file, width, known });
  return size;
}

/** Names in an error. */
const MOST_NAMES = 5;

/** A part of an encoder would be wrong or random, and look whole. */
function refuseIncomplete(file: string, size: NetworkSize, match: EncoderMatch): void {
  const others = unfitting(match, size.blocks);
  if (others.length > 0) {
    const names = others.slice(0, MOST_NAMES).map(({ name, reason }) => notice('import/named', { name, notice: reason }));
    throw new StudioError('model-invalid/other-blocks', { file, count: others.length, problems: names });
  }
  const missing = missingInEncoder(match);
  const [name] = missing;
  if (name !== undefined) throw new StudioError('model-invalid/incomplete-encoder', { file, count: missing.length, size: size.name, name });
}

/** Tells which parts of a file were taken over and which were not. */
function notesOf(size: NetworkSize, encoder: ForeignEncoder, { left }: EncoderMatch, cropSide: number | null): Notice[] {
  const count = (id: string): number => left.filter(({ reason }) => reason.id === id).length;
  const notes: Notice[] = [notice('import/blocks', { size: size.name, blocks: size.blocks, found: encoder.blocks })];
  if (encoder.blocks > size.blocks) notes.push(notice('import/last-blocks', { count: encoder.blocks - size.blocks }));
  if (count('import/decoder') > 0) notes.push(notice('import/decoder-left', { count: count('import/decoder') }));
  if (count('import/head') > 0) notes.push(notice('import/head-left', {}));
  if (count('import/last-norm') + count('import/token-norm') > 0) notes.push(notice('import/norm-left', {}));
  if (count('import/positions') > 0) notes.push(notice('import/positions', {}));
  if (cropSide !== null && cropSide !== size.cropSide) notes.push(notice('import/other-crop', { found: cropSide, side: size.cropSide }));
  if (count('import/no-counterpart') > 0) notes.push(notice('import/others-left', { count: count('import/no-counterpart') }));
  return [...notes, notice('import/random-parts', {})];
}

/** What a reader throws, as an error about the file. */
function asModelError(file: string, error: unknown): StudioError {
  if (error instanceof StudioError) return error;
  if (error instanceof RefusedName) return new StudioError('model-invalid/refused-name', { file, name: error.refused }, error);
  if (error instanceof OldCheckpoint) return new StudioError('model-invalid/old-checkpoint', { file }, error);
  if (error instanceof ScriptArchive) return new StudioError('model-invalid/script', { file }, error);
  if (error instanceof Error && 'code' in error) return new StudioError('file-missing/model', { file }, error);
  return new StudioError('model-invalid/unreadable', { file, detail: sentenceOf(error).replaceAll(/\p{Cc}/gu, '?') }, error);
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asModelError(file, error);
  }
}

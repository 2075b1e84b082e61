import { createHash } from 'node:crypto';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { writeError } from '../../../shared/app/errors.ts';
import { noticeOf, sentencesOf } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import { buildInferenceGraph, UNITS_HEAD } from '../../adatosk/model/adatosk.ts';
import type { WeightSource } from '../../adatosk/onnx/file.ts';
import { writeOnnx } from '../../adatosk/onnx/file.ts';
import { SIZES } from '../../adatosk/model/config.ts';
import { clipShape } from '../../adatosk/model/clip-shape.ts';
import { UNITS_METADATA } from './kept-units.ts';

/** Contents of a model's manifest and card. */
export interface ModelFacts extends Pick<
  ModelManifest,
  'id' | 'name' | 'size' | 'trained' | 'warnings' | 'provenance' | 'defaultTokenBudget' | 'mirrored' | 'leastSimilarity' | 'actionUnits'
> {
  readonly temperature?: number;
  /** Added to the logits after division by the temperature, one for each class. */
  readonly bias?: readonly number[];
  /** MODEL_CARD.md below its title and warnings. */
  readonly card: string;
}

/**
 * Writes model.onnx, MODEL_CARD.md and manifest.json into a folder. The manifest is last, so that a folder with a manifest
 * is complete. The model has action units if the facts name them and the weights have their head.
 * @throws StudioError 'disk-full' or 'cannot-write'
 */
export async function exportModel(folder: string, weights: WeightSource, facts: ModelFacts): Promise<ModelManifest> {
  const size = SIZES[facts.size];
  const { id, temperature, bias } = facts;
  const calibrated = withBias(withTemperature(weights, temperature ?? 1), bias);
  const actionUnits = unitsOf(weights, facts);
  const metadata = { model: id, trained: String(facts.trained), ...(actionUnits === undefined ? {} : { [UNITS_METADATA]: actionUnits.join() }) };
  const bytes = writeOnnx(buildInferenceGraph(size, actionUnits?.length), calibrated, 0, metadata);
  const manifest: ModelManifest = {
    id,
    name: facts.name,
    size: facts.size,
    trained: facts.trained,
    warnings: [...facts.warnings],
    provenance: facts.provenance,
    classes: [...EXPRESSIONS],
    clip: clipShape(size.cropSide),
    defaultTokenBudget: facts.defaultTokenBudget,
    ...(facts.mirrored === undefined ? {} : { mirrored: facts.mirrored }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(facts.leastSimilarity === undefined ? {} : { leastSimilarity: facts.leastSimilarity }),
    ...(actionUnits === undefined ? {} : { actionUnits }),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const files: [string, string | Buffer][] = [
    ['model.onnx', Buffer.from(bytes)],
    ['MODEL_CARD.md', cardText(facts)],
    ['manifest.json', `${JSON.stringify(manifest, null, 2)}\n`],
  ];
  for (const [name, contents] of files) {
    await writeFileAtomic(join(folder, name), contents).catch((error: unknown) => {
      throw writeError(join(folder, name), error);
    });
  }
  return manifest;
}

function unitsOf(weights: WeightSource, { actionUnits }: ModelFacts): ModelFacts['actionUnits'] {
  const count = weights(UNITS_HEAD.bias, [])?.length;
  if (actionUnits === undefined || count === undefined) return undefined;
  if (count !== actionUnits.length) throw new Error(`the weights have ${count} action units, not ${actionUnits.length}`);
  return actionUnits;
}

function cardText({ name, id, warnings, provenance, card }: ModelFacts): string {
  const list = sentencesOf(warnings.map(noticeOf))
    .map((warning) => `- **${warning}**`)
    .join('\n');
  return `# ${name} (${id})\n\n${list}${list === '' ? '' : '\n\n'}${provenance}\n\n${card}\n`;
}

/** The last layers of both heads, for clips and for slots. */
const SCALED = new Set(['head.fc2.weight', 'head.fc2.bias', 'head.slot.weight', 'head.slot.bias']);

/**
 * Divides the logits by a temperature: scales the last layers of the heads and the factor of the slots' similarity, which
 * is the softplus of a learned scalar.
 */
function withTemperature(weights: WeightSource, temperature: number): WeightSource {
  if (temperature === 1) return weights;
  return (name, dims) => {
    const values = weights(name, dims);
    if (values === undefined) return undefined;
    if (SCALED.has(name)) return values.map((value) => value / temperature);
    if (name === 'head.slot_tilt') return values.map((value) => Math.log(Math.expm1(Math.log1p(Math.exp(value)) / temperature)));
    return values;
  };
}

/** Adds a bias for each class to the logits of clips. */
function withBias(weights: WeightSource, bias: readonly number[] | undefined): WeightSource {
  if (bias === undefined) return weights;
  return (name, dims) => {
    const values = weights(name, dims);
    return values !== undefined && name === 'head.fc2.bias' ? values.map((value, c) => value + bias[c]!) : values;
  };
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parameterCount, costByPart, multiplyAddsAt } from '../../adatosk/model/cost.ts';
import type { PartCost } from '../../adatosk/model/cost.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { findModel, listModels } from '../../adatosk/runtime/models.ts';
import { buildInferenceGraph } from '../../adatosk/model/adatosk.ts';
import { SIZES, tokensKept, tokensOf } from '../../adatosk/model/config.ts';
import { noticeOf, sentencesOf } from '../../../shared/app/notices.ts';
import type { ModelManifest } from '../../../shared/domain/manifest.ts';

export interface ModelInspection {
  readonly id: string;
  readonly size: string;
  readonly trained: boolean;
  readonly parameters: number;
  readonly classes: readonly string[];
  /** FACS numbers of the action units (experimental); empty for a model without them. */
  readonly actionUnits: readonly number[];
  readonly clip: ModelManifest['clip'];
  readonly defaultTokenBudget: number;
  readonly tokens: number;
  /** Multiply-adds for one clip, by token budget. */
  readonly macs: Readonly<Record<string, number>>;
  /** At the given token budget, else at the default. */
  readonly macsByPart: readonly PartCost[];
  readonly provenance: string;
  readonly warnings: readonly string[];
  readonly sha256: string;
}

/** The model card as Markdown; empty if there is none. */
export async function modelCard({ folder }: Model): Promise<string> {
  return readFile(join(folder, 'MODEL_CARD.md'), 'utf8').catch(() => '');
}

/** The manifests of all included models. */
export async function listManifests(): Promise<ModelManifest[]> {
  return (await listModels()).map(({ manifest }) => manifest);
}

/**
 * Describes a model without running it. Sizes and costs are computed from its graph.
 * @param budget an additional token budget for the costs, 0..1
 */
export async function inspectModel(id: string, budget?: number): Promise<ModelInspection> {
  const { manifest } = await findModel(id);
  const size = SIZES[manifest.size];
  const graph = buildInferenceGraph(size, manifest.actionUnits?.length);
  const at = (tokenBudget: number): number => multiplyAddsAt(size, tokenBudget, graph);
  return {
    id: manifest.id,
    size: manifest.size,
    trained: manifest.trained,
    parameters: parameterCount(graph),
    classes: manifest.classes,
    actionUnits: manifest.actionUnits ?? [],
    clip: manifest.clip,
    defaultTokenBudget: manifest.defaultTokenBudget,
    tokens: tokensOf(size),
    macs: { '1': at(1), '0.5': at(0.5), '0.25': at(0.25), default: at(manifest.defaultTokenBudget), ...(budget === undefined ? {} : { [budget]: at(budget) }) },
    macsByPart: costByPart(graph, tokensKept(size, budget ?? manifest.defaultTokenBudget)),
    provenance: manifest.provenance,
    warnings: sentencesOf(manifest.warnings.map(noticeOf)),
    sha256: manifest.sha256,
  };
}

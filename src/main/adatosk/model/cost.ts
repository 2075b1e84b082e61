import type { Graph } from '../graph/graph.ts';
import { buildInferenceGraph } from './adatosk.ts';
import { partOf } from './parts.ts';
import type { NetworkSize } from './config.ts';
import { tokensKept } from './config.ts';
import { elements } from '../graph/tensor-type.ts';

/** Multiply-adds of one part of the network ('patch_embed', 'blocks.3', 'mask', 'head') for one clip. */
export interface PartCost {
  readonly part: string;
  readonly multiplyAdds: number;
}

/** Number of learned values of a graph. Fixed positions do not count. */
export function parameterCount(graph: Graph): number {
  let total = 0;
  for (const { dims } of graph.parameters.values()) total += elements(dims);
  return total;
}

/** Multiply-adds for one clip by part, from the matrix products of the graph. @param kept tokens after the mask */
export function costByPart(graph: Graph, kept: number): PartCost[] {
  const parts = new Map<string, number>();
  for (const node of graph.nodes) {
    const factors = node.multiplyAdds?.(node.outputs);
    if (factors === undefined) continue;
    const part = node.scope === '' ? 'other' : partOf(node.scope);
    parts.set(part, (parts.get(part) ?? 0) + elements(factors, { batch: 1, kept }));
  }
  return [...parts].map(([part, multiplyAdds]) => ({ part, multiplyAdds }));
}

/** Multiply-adds for one clip at a token budget in 0..1. */
export function multiplyAddsAt(size: NetworkSize, budget: number, graph: Graph = buildInferenceGraph(size)): number {
  return costByPart(graph, tokensKept(size, budget)).reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
}

import type { ProcessPort } from '../../process/process-port.ts';
import type { SizeName } from '../model/config.ts';
import type { Feed, FloatTensor } from '../../../shared/domain/model-session.ts';

/** A request to the engine process; its answer has the same id. */
export type EngineRequest =
  | { readonly id: number; readonly kind: 'load'; readonly file: string; readonly provider: Provider; readonly threads: number; readonly network?: NetworkForm }
  | { readonly id: number; readonly kind: 'run'; readonly session: number; readonly feeds: Readonly<Record<string, Feed>> };

export type EngineAnswer =
  | { readonly id: number; readonly ok: true; readonly session: number }
  | { readonly id: number; readonly ok: true; readonly outputs: Record<string, FloatTensor>; readonly milliseconds: number }
  | { readonly id: number; readonly ok: false; readonly message: string };

/**
 * What computes: the execution providers, under their names in onnxruntime, and 'cpu-int8', the processor with the graph of
 * processor-graph.ts.
 */
export const PROVIDERS = ['cpu', 'cpu-int8', 'cuda', 'dml', 'coreml', 'webgpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What 'cpu-int8' must know to build its graph for a network. */
export interface NetworkForm {
  readonly size: SizeName;
  /** Whether the graph reads the mirror image of each clip, too. */
  readonly isMirrored: boolean;
}

/** Whether a provider computes on the processor. */
export function isProcessor(provider: Provider): boolean {
  return provider === 'cpu' || provider === 'cpu-int8';
}

export type EnginePort = ProcessPort<EngineRequest, EngineAnswer>;

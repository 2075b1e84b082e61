import type { ProcessPort } from '../../process/process-port.ts';
import type { Feed, FloatTensor } from '../../../shared/domain/model-session.ts';

/** A request to the engine process; its answer has the same id. */
export type EngineRequest =
  | { readonly id: number; readonly kind: 'load'; readonly file: string; readonly provider: Provider; readonly threads: number }
  | { readonly id: number; readonly kind: 'run'; readonly session: number; readonly feeds: Readonly<Record<string, Feed>> };

export type EngineAnswer =
  | { readonly id: number; readonly ok: true; readonly session: number }
  | { readonly id: number; readonly ok: true; readonly outputs: Record<string, FloatTensor>; readonly milliseconds: number }
  | { readonly id: number; readonly ok: false; readonly message: string };

/** The execution providers in use, under their names in onnxruntime. */
export const PROVIDERS = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

export type EnginePort = ProcessPort<EngineRequest, EngineAnswer>;

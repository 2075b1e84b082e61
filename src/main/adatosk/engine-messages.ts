import type { Feed, FloatTensor } from '../../shared/model-session.ts';

/** What the engine process is asked; each request has an answer with the same id. */
export type EngineRequest =
  | { readonly id: number; readonly kind: 'load'; readonly file: string; readonly provider: Provider; readonly threads: number }
  | { readonly id: number; readonly kind: 'run'; readonly session: number; readonly feeds: Readonly<Record<string, Feed>> };

export type EngineAnswer =
  | { readonly id: number; readonly ok: true; readonly session: number }
  | { readonly id: number; readonly ok: true; readonly outputs: Record<string, FloatTensor>; readonly milliseconds: number }
  | { readonly id: number; readonly ok: false; readonly message: string };

/** onnxruntime's execution providers that we use, by its names for them. */
export const PROVIDERS = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The two ends of a message channel to an engine process: a child process's or Electron's utilityProcess's. */
export interface EnginePort {
  send(request: EngineRequest): void;
  onAnswer(listener: (answer: EngineAnswer) => void): void;
  /** Called once when the process has ended, with what is known of the reason. */
  onEnd(listener: (reason: string) => void): void;
  kill(): void;
  readonly pid: number | undefined;
}

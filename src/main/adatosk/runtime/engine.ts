import type { Feed, FloatTensor, ModelSession } from '../../../shared/domain/model-session.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { EngineAnswer, EnginePort, EngineRequest, NetworkForm, Provider } from './engine-messages.ts';

/** Starts an engine process. Each host has its own implementation. */
export type EngineStarter = () => EnginePort;

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Client of an engine process. It loads and runs models; when the process ends, all pending requests fail with 'engine-died'. */
export class Engine {
  readonly #port: EnginePort;
  readonly #pending = new Map<number, { resolve: (answer: EngineAnswer & { ok: true }) => void; reject: (error: Error) => void }>();
  #nextId = 1;
  #ended: string | undefined;

  constructor(start: EngineStarter) {
    this.#port = start();
    this.#port.onMessage((answer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (answer.ok) pending?.resolve(answer);
      else pending?.reject(new Error(answer.message));
    });
    this.#port.onEnd((reason) => this.#end(reason));
  }

  get pid(): number | undefined {
    return this.#port.pid;
  }

  get isAlive(): boolean {
    return this.#ended === undefined;
  }

  /**
   * Loads an ONNX file.
   * @param threads threads where the processor computes
   * @param network required for 'cpu-int8'
   * @throws StudioError 'model-invalid' with onnxruntime's reason, or 'engine-died'
   */
  async load(file: string, provider: Provider, threads: number, network?: NetworkForm): Promise<TimedSession> {
    const answer = await this.#request({ kind: 'load', file, provider, threads, ...(network === undefined ? {} : { network }) }).catch((error: unknown) => {
      if (error instanceof StudioError) throw error;
      throw new StudioError('model-invalid/not-loaded', { file, device: provider, detail: error instanceof Error ? error.message : String(error) }, error);
    });
    if (!('session' in answer)) throw new Error('the engine answered a load with outputs');
    const session = answer.session;
    return new TimedSession(async (feeds) => {
      const result = await this.#request({ kind: 'run', session, feeds });
      if (!('outputs' in result)) throw new Error('the engine answered a run without outputs');
      return result;
    });
  }

  /** Ends the process at once, even in the middle of a run. Safe to call twice. */
  stop(): void {
    this.#end('it was stopped');
    this.#port.kill();
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#pending.values()) reject(this.#diedError());
    this.#pending.clear();
  }

  #diedError(): StudioError {
    return new StudioError('engine-died/network', { detail: this.#ended ?? '' });
  }

  #request(request: Unnumbered<EngineRequest>): Promise<EngineAnswer & { ok: true }> {
    if (this.#ended !== undefined) return Promise.reject(this.#diedError());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#port.send({ ...request, id });
    });
  }
}

/** A model that counts its runs and adds up their time in milliseconds. */
export interface TimedModel extends ModelSession {
  readonly runs: number;
  readonly milliseconds: number;
}

/** A model loaded in an engine. The milliseconds are the engine's run time, without the transfer between processes. */
export class TimedSession implements TimedModel {
  runs = 0;
  milliseconds = 0;
  readonly #run: (feeds: Readonly<Record<string, Feed>>) => Promise<{ outputs: Record<string, FloatTensor>; milliseconds: number }>;

  constructor(run: (feeds: Readonly<Record<string, Feed>>) => Promise<{ outputs: Record<string, FloatTensor>; milliseconds: number }>) {
    this.#run = run;
  }

  async run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, FloatTensor>> {
    const { outputs, milliseconds } = await this.#run(feeds);
    this.runs += 1;
    this.milliseconds += milliseconds;
    return outputs;
  }
}

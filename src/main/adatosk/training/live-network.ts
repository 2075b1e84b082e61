import * as ort from '../runtime/onnxruntime.ts';
import type { Feed, FloatTensor, ModelSession } from '../../../shared/domain/model-session.ts';
import { floatsOf } from '../../../shared/domain/model-session.ts';
import type { Provider } from '../runtime/engine-messages.ts';
import { loadGraph } from './learner.ts';
import { buildInferenceGraph } from '../model/adatosk.ts';
import { writeOnnxWithWeightsAsInputs } from '../onnx/file.ts';
import type { ParameterStore, StateArray } from './parameter-store.ts';
import type { NetworkSize } from '../model/config.ts';

/** The inference graph in the current process. Each run uses the weights that the store has at that moment of training. */
export class LiveNetwork implements ModelSession {
  readonly #session: ort.InferenceSession;
  readonly #store: ParameterStore;
  readonly #array: StateArray;

  private constructor(session: ort.InferenceSession, store: ParameterStore, array: StateArray) {
    this.#session = session;
    this.#store = store;
    this.#array = array;
  }

  static async load(size: NetworkSize, store: ParameterStore, array: StateArray, provider: Provider, threads: number): Promise<LiveNetwork> {
    return new LiveNetwork(await loadGraph(writeOnnxWithWeightsAsInputs(buildInferenceGraph(size)), provider, threads), store, array);
  }

  async run(feeds: Readonly<Record<string, Feed>>): Promise<Record<string, FloatTensor>> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const name of this.#session.inputNames) {
      const feed = feeds[name];
      tensors[name] =
        feed === undefined
          ? new ort.Tensor('float32', this.#store.view(this.#array, name), this.#store.dims(name))
          : new ort.Tensor('float32', floatsOf(feed), [...feed.dims]);
    }
    const results = await this.#session.run(tensors);
    return Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, { dims, data: data as Float32Array }]));
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

import { partOf } from '../model/parts.ts';
import type { Parameter } from '../graph/graph.ts';
import { drawInitialValues } from '../graph/initial-values.ts';
import type { WeightSource } from '../onnx/file.ts';
import { elements } from '../graph/tensor-type.ts';

/**
 * Parameters that share a learning rate and weight decay and are contiguous in the arrays: one matrix (joining several
 * would copy all weights and gradients in every step), or the small vectors of one part of the network.
 */
export interface ParameterGroup {
  readonly name: string;
  /** 'patch_embed', 'blocks.3', 'mask', 'head' or 'decoder'. */
  readonly part: string;
  /** Whether weight decay applies: to matrices, but not to biases, norms and scalars (VideoMAE). */
  readonly decays: boolean;
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
}

/** The arrays that training updates in every step; each has one value per weight. */
export const STATE_ARRAYS = ['weights', 'first', 'second', 'average'] as const;
export type StateArray = (typeof STATE_ARRAYS)[number];

/** All parameters in flat arrays, so that an update works on a few long vectors and a checkpoint takes four writes. */
export class ParameterStore {
  readonly count: number;
  readonly groups: readonly ParameterGroup[];
  readonly arrays: Readonly<Record<StateArray, Float32Array>>;
  /** Number of steps of each group. A group that starts to learn later has its own bias corrections. */
  readonly stepsOf: number[];
  readonly #ranges = new Map<string, { start: number; dims: readonly number[] }>();

  /**
   * @param weights values by name; the others are drawn from `seed`
   * @throws Error where `weights` returns the wrong number of values for a parameter
   */
  constructor(parameters: readonly Parameter[], weights: WeightSource, seed: number) {
    const groups = new Map<string, { part: string; decays: boolean; parameters: Parameter[] }>();
    for (const parameter of parameters) {
      const { name } = parameter.tensor;
      const part = partOf(name);
      const decays = parameter.dims.length > 1 && !name.endsWith('class_embeddings');
      const key = decays ? name : `${part}/vectors`;
      if (!groups.has(key)) groups.set(key, { part, decays, parameters: [] });
      groups.get(key)!.parameters.push(parameter);
    }
    let start = 0;
    this.groups = [...groups].map(([name, { part, decays, parameters: members }]) => {
      const first = start;
      for (const { tensor, dims } of members) {
        this.#ranges.set(tensor.name, { start, dims });
        start += elements(dims);
      }
      return { name, part, decays, start: first, end: start, names: members.map(({ tensor }) => tensor.name) };
    });
    this.count = start;
    const make = (): Float32Array => new Float32Array(this.count);
    this.arrays = { weights: make(), first: make(), second: make(), average: make() };
    this.stepsOf = this.groups.map(() => 0);
    for (const { tensor, dims, initial } of parameters) {
      const values = weights(tensor.name, dims) ?? drawInitialValues(initial, tensor.name, elements(dims), seed);
      if (values.length !== elements(dims)) throw new Error(`'${tensor.name}' needs ${elements(dims)} values, got ${values.length}`);
      this.view('weights', tensor.name).set(values);
    }
    this.arrays.average.set(this.arrays.weights);
  }

  get names(): string[] {
    return [...this.#ranges.keys()];
  }

  has(name: string): boolean {
    return this.#ranges.has(name);
  }

  dims(name: string): readonly number[] {
    return this.#range(name).dims;
  }

  /** A parameter's part of one array, as a view: writing to it changes the array. */
  view(array: StateArray, name: string): Float32Array {
    const { start, dims } = this.#range(name);
    return this.arrays[array].subarray(start, start + elements(dims));
  }

  #range(name: string): { start: number; dims: readonly number[] } {
    const range = this.#ranges.get(name);
    if (range === undefined) throw new Error(`there is no parameter '${name}'`);
    return range;
  }
}

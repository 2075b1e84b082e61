import type { InitialValue } from './initial-values.ts';
import type { Dim, ElementType, Tensor, TensorType } from './tensor.ts';
import { elements } from './tensor.ts';

/** A graph as an attribute is the body of a loop; it may use the tensors of the graph around it by name. */
export type AttributeValue = number | string | readonly number[] | Graph;

/**
 * One operation of ONNX as this project uses it. Everything known of an operation stands in its definition
 * (operations/), its gradient too.
 */
export interface Operation {
  readonly type: string;
  /** Attributes that tell us something and are no part of the ONNX operation (it has them as inputs). */
  readonly notWritten?: readonly string[];
  /** Types of the outputs; throws a sentence where the inputs do not fit. */
  infer(inputs: readonly TensorType[], attributes: Readonly<Record<string, AttributeValue>>): TensorType[];
  /** Factors whose product is the operation's multiply-adds; absent where it has none worth counting. */
  multiplyAdds?(inputs: readonly TensorType[], outputs: readonly TensorType[]): readonly Dim[];
  /** Absent where nothing is learned through the operation. */
  readonly gradient?: Gradient;
}

/**
 * Adds what is needed to the graph and gives the loss's gradient of each input, or undefined for one that has none.
 * @param gradients of each output; undefined where the loss does not depend on it
 * @param wants which inputs' gradients somebody needs; the others may be left out
 */
export type Gradient = (
  graph: Graph,
  node: GraphNode,
  gradients: readonly (Tensor | undefined)[],
  wants: readonly boolean[],
) => readonly (Tensor | undefined)[];

export interface GraphNode {
  readonly operation: Operation;
  readonly name: string;
  /** The part of the network it belongs to, for example 'blocks.3.attn'. */
  readonly scope: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** A learned tensor; its name is stable across versions, since weights travel under it. */
export interface Parameter {
  readonly tensor: Tensor;
  readonly dims: readonly number[];
  readonly initial: InitialValue;
}

/** A tensor that is fixed by the definition (positions, shapes, small numbers). */
export interface Constant {
  readonly tensor: Tensor;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A graph under construction: nodes in an order in which they can run. */
export class Graph {
  readonly name: string;
  readonly nodes: GraphNode[] = [];
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly parameters = new Map<string, Parameter>();
  readonly constants = new Map<string, Constant>();
  readonly #prefix: string;
  #scopes: string[] = [];
  #names = new Map<string, number>();

  /** @param prefix goes before every name but the parameters'; a loop's body must not reuse a name from around it */
  constructor(name: string, prefix = '') {
    this.name = name;
    this.#prefix = prefix;
  }

  /** Everything that `build` adds belongs to this part of the network. */
  scope<T>(name: string, build: () => T): T {
    this.#scopes.push(name);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  input(name: string, dims: readonly Dim[], type: ElementType = 'float32'): Tensor {
    const tensor = { name: this.#unique(this.#prefix + name), type, dims };
    this.inputs.push(tensor);
    return tensor;
  }

  /** Names a tensor as an output of the graph. */
  output(name: string, tensor: Tensor): void {
    this.outputs.push(this.rename(tensor, this.#prefix + name));
  }

  /** Gives a computed tensor another name, under which a loop's body finds it; the old tensor must not be used again. */
  rename(tensor: Tensor, name: string): Tensor {
    const first = this.nodes.findIndex((node) => node.outputs.includes(tensor));
    if (first < 0) throw new Error(`'${name}' is not computed by the graph`);
    const node = this.nodes[first]!;
    const named: Tensor = { ...tensor, name: this.#unique(name) };
    this.nodes[first] = { ...node, outputs: node.outputs.map((each) => (each === tensor ? named : each)) };
    for (let i = first + 1; i < this.nodes.length; i++) {
      const later = this.nodes[i]!;
      if (later.inputs.includes(tensor)) {
        this.nodes[i] = { ...later, inputs: later.inputs.map((each) => (each === tensor ? named : each)) };
      }
    }
    return named;
  }

  /** A learned tensor under the current scope: scope 'blocks.0.attn' and name 'proj.weight' make its full name. */
  parameter(name: string, dims: readonly number[], initial: InitialValue): Tensor {
    const full = [...this.#scopes, name].join('.');
    if (this.parameters.has(full)) throw new Error(`parameter '${full}' is defined twice`);
    const tensor: Tensor = { name: full, type: 'float32', dims };
    this.parameters.set(full, { tensor, dims, initial });
    return tensor;
  }

  /** A fixed float tensor; equal scalars share one. */
  constant(data: Float32Array | number, dims: readonly number[] = [], name?: string): Tensor {
    const values = typeof data === 'number' ? Float32Array.of(data) : data;
    if (values.length !== elements(dims)) throw new Error(`constant of ${values.length} values does not fill [${dims.join(', ')}]`);
    return this.#constant(name ?? (values.length === 1 ? `const.${dims.join('x')}.${values[0]}` : this.#unique('const')), 'float32', dims, values);
  }

  /** A fixed list of whole numbers (a shape, axes) or a tensor of them; equal ones share one. */
  integers(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
    return this.#constant(`ints.${dims.length === 1 ? '' : `${dims.join('x')}.`}${values.join('_')}`, 'int64', dims, BigInt64Array.from(values, BigInt));
  }

  /** Adds one operation; returns its outputs. `outputs[i].dims` come from the operation's own inference. */
  apply(operation: Operation, inputs: readonly Tensor[], attributes: Record<string, AttributeValue> = {}): Tensor[] {
    const scope = this.#scopes.join('.');
    const name = this.#unique(this.#prefix + (scope === '' ? operation.type : `${scope}/${operation.type}`));
    let types: TensorType[];
    try {
      types = operation.infer(inputs, attributes);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    const outputs = types.map((type, i) => ({ ...type, name: types.length === 1 ? name : `${name}:${i}` }));
    this.nodes.push({ operation, name, scope, inputs, outputs, attributes });
    return outputs;
  }

  #constant(unprefixed: string, type: ElementType, dims: readonly number[], data: Float32Array | BigInt64Array): Tensor {
    const name = this.#prefix + unprefixed;
    const known = this.constants.get(name);
    if (known !== undefined) return known.tensor;
    const tensor: Tensor = { name, type, dims };
    this.constants.set(name, { tensor, dims, data });
    return tensor;
  }

  #unique(name: string): string {
    const used = this.#names.get(name) ?? 0;
    this.#names.set(name, used + 1);
    return used === 0 ? name : `${name}.${used}`;
  }
}

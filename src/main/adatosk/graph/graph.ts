import type { InitialValue } from './initial-values.ts';
import { Tensor } from './tensor.ts';
import type { Dim, ElementType, TensorType } from './tensor-type.ts';
import { elements } from './tensor-type.ts';

/** A graph as an attribute is the body of a loop. The body may read tensors of the enclosing graph by name. */
export type AttributeValue = number | string | readonly number[] | Graph;

/** Every operation has at least one output. */
export type Outputs = readonly [Tensor, ...Tensor[]];

/** An ONNX operation applied to tensors. Its function in ops/ defines all of it, including its gradient. */
export interface Operation {
  /** The operation's name in ONNX (opset 17), or in its own domain. */
  readonly type: string;
  /** Who defines the operation; absent for ONNX. */
  readonly domain?: 'com.microsoft';
  readonly inputs: readonly Tensor[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Returns the types of the outputs. Throws an Error with a full sentence where the inputs do not fit. */
  readonly infer: () => TensorType[];
  /** Factors whose product is the number of multiply-adds; absent where the number is negligible. */
  readonly multiplyAdds?: (outputs: Outputs) => readonly Dim[];
  /** Absent where the operation has no gradient. */
  readonly gradient?: Gradient | undefined;
}

/**
 * Adds the operation's backward pass to the graph.
 * @param gradients gradient of the loss for each float output
 * @param outputs outputs of the operation
 * @param needed whether each input needs a gradient; the function may skip the others
 * @returns gradient of the loss for each input, or undefined for an input without one
 */
export type Gradient = (gradients: Outputs, outputs: Outputs, needed: readonly boolean[]) => readonly (Tensor | undefined)[];

/** An operation that belongs to a graph. */
export interface GraphNode extends Operation {
  readonly name: string;
  /** The part of the network that the node belongs to, for example 'blocks.3.attn'. */
  readonly scope: string;
  readonly outputs: Outputs;
}

/** A learned tensor. Its name must stay the same across versions, because files store weights under it. */
export interface Parameter {
  readonly tensor: Tensor;
  readonly dims: readonly number[];
  readonly initial: InitialValue;
}

/** The values of a constant. */
export type ConstantValues = Float32Array | BigInt64Array | Int8Array | Uint8Array;

/** A tensor that training does not change (positions, shapes, small numbers). */
export interface Constant {
  readonly tensor: Tensor;
  readonly dims: readonly number[];
  readonly data: ConstantValues;
}

/** A graph under construction. The nodes are in an order in which they can run. */
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

  /** @param prefix precedes every name except parameter names; the body of a loop must not reuse a name of the enclosing graph */
  constructor(name: string, prefix = '') {
    this.name = name;
    this.#prefix = prefix;
  }

  /** Assigns everything that `build` adds to this part of the network. */
  scope<T>(name: string, build: () => T): T {
    this.#scopes.push(name);
    try {
      return build();
    } finally {
      this.#scopes.pop();
    }
  }

  input(name: string, dims: readonly Dim[], type: ElementType = 'float32'): Tensor {
    const tensor = new Tensor(this, this.#unique(this.#prefix + name), { type, dims });
    this.inputs.push(tensor);
    return tensor;
  }

  /**
   * Makes a computed tensor an output of the graph and gives it this name.
   * @throws Error where the tensor already is an output
   */
  output(name: string, tensor: Tensor): void {
    if (this.outputs.includes(tensor)) throw new Error(`'${tensor.name}' is an output of the graph already`);
    this.rename(tensor, this.#prefix + name);
    this.outputs.push(tensor);
  }

  /**
   * Gives a computed tensor another name, for example the name by which the body of a loop reads it.
   * @throws Error where no node of the graph computes the tensor
   */
  rename(tensor: Tensor, name: string): void {
    if (!this.nodes.some(({ outputs }) => outputs.includes(tensor))) throw new Error(`'${name}' is not computed by the graph`);
    tensor.name = this.#unique(name);
  }

  /** A learned tensor. Its full name is the current scope ('blocks.0.attn') and `name` ('proj.weight'), joined by a dot. */
  parameter(name: string, dims: readonly number[], initial: InitialValue): Tensor {
    const full = [...this.#scopes, name].join('.');
    if (this.parameters.has(full)) throw new Error(`parameter '${full}' is defined twice`);
    const tensor = new Tensor(this, full, { type: 'float32', dims });
    this.parameters.set(full, { tensor, dims, initial });
    return tensor;
  }

  /** A fixed float tensor. Equal scalars share one tensor. */
  constant(data: Float32Array | number, dims: readonly number[] = [], name?: string): Tensor {
    const values = typeof data === 'number' ? Float32Array.of(data) : data;
    if (values.length !== elements(dims)) throw new Error(`constant of ${values.length} values does not fill [${dims.join(', ')}]`);
    return this.#constant(name ?? (values.length === 1 ? `const.${dims.join('x')}.${values[0]}` : this.#unique('const')), 'float32', dims, values);
  }

  /** A fixed tensor of whole numbers of 8 bits. Its name must be new. */
  bytes(values: Int8Array | Uint8Array, dims: readonly number[], name: string): Tensor {
    return this.#constant(name, values instanceof Int8Array ? 'int8' : 'uint8', dims, values);
  }

  /** A fixed int64 tensor, for example a shape or a list of axes. Equal tensors are shared. */
  integers(values: readonly number[], dims: readonly number[] = [values.length]): Tensor {
    return this.#constant(`ints.${dims.length === 1 ? '' : `${dims.join('x')}.`}${values.join('_')}`, 'int64', dims, BigInt64Array.from(values, BigInt));
  }

  /**
   * Adds an operation to the graph and returns its outputs.
   * @throws Error where an input belongs to another graph or the inputs do not fit
   */
  apply(operation: Operation): Outputs {
    const scope = this.#scopes.join('.');
    const name = this.#unique(this.#prefix + (scope === '' ? operation.type : `${scope}/${operation.type}`));
    const foreign = operation.inputs.find(({ graph }) => graph !== this);
    if (foreign !== undefined) throw new Error(`${name}: '${foreign.name}' belongs to another graph`);
    const types = inferTypes(name, operation);
    const outputs = types.map((type, i) => new Tensor(this, types.length === 1 ? name : `${name}:${i}`, type)) as [Tensor, ...Tensor[]];
    this.nodes.push({ ...operation, name, scope, outputs });
    return outputs;
  }

  #constant(unprefixed: string, type: ElementType, dims: readonly number[], data: ConstantValues): Tensor {
    const name = this.#prefix + unprefixed;
    const known = this.constants.get(name);
    if (known !== undefined) return known.tensor;
    const tensor = new Tensor(this, name, { type, dims });
    this.constants.set(name, { tensor, dims, data });
    return tensor;
  }

  #unique(name: string): string {
    const used = this.#names.get(name) ?? 0;
    this.#names.set(name, used + 1);
    return used === 0 ? name : `${name}.${used}`;
  }
}

/** Adds the node's name to an error, so that the message shows where in the network the inputs do not fit. */
function inferTypes(name: string, operation: Operation): TensorType[] {
  try {
    return operation.infer();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

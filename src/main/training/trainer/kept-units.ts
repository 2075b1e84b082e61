import type { OnnxContents, WeightSource } from '../../adatosk/onnx/file.ts';
import { UNITS_HEAD } from '../../adatosk/model/adatosk.ts';

/** Key of the metadata of model.onnx with the FACS numbers of its action units, separated by commas. */
export const UNITS_METADATA = 'action_units';

/** The FACS numbers of a model's action units; undefined for a model without them. */
export function unitsIn({ metadata, weights }: OnnxContents): number[] | undefined {
  const numbers = (metadata[UNITS_METADATA] ?? '').split(',').flatMap((text) => (text === '' ? [] : [Number(text)]));
  return numbers.length > 0 && numbers.length === weights.get(UNITS_HEAD.bias)?.values.length ? numbers : undefined;
}

/** The bias of a unit that is new in a training: a rare one, until the clips tell more. */
const NEW_BIAS = -3;

/**
 * The weights of a model as the start of a training. Its head for action units is brought into the order of the training's units; units that
 * it does not have begin without weights.
 * @param units FACS numbers of the training's units; undefined for one without them
 */
export function firstWeights(from: OnnxContents, units: readonly number[] | undefined): WeightSource {
  const own = unitsIn(from);
  const [matrix, bias] = [from.weights.get(UNITS_HEAD.weight)?.values, from.weights.get(UNITS_HEAD.bias)?.values];
  if (units === undefined || own === undefined || matrix === undefined || bias === undefined)
    return (name) => (name.startsWith('units.') ? undefined : from.weights.get(name)?.values);
  const columns = units.map((unit) => own.indexOf(unit));
  const features = matrix.length / own.length;
  const head: Readonly<Record<string, Float32Array>> = {
    [UNITS_HEAD.weight]: Float32Array.from({ length: features * units.length }, (_, i) => {
      const column = columns[i % units.length] ?? -1;
      return column < 0 ? 0 : (matrix[Math.floor(i / units.length) * own.length + column] ?? 0);
    }),
    [UNITS_HEAD.bias]: Float32Array.from(columns, (column) => (column < 0 ? NEW_BIAS : (bias[column] ?? 0))),
  };
  // The head of the patches is no part of an exported model.
  return (name) => head[name] ?? (name.startsWith('units.') ? undefined : from.weights.get(name)?.values);
}

const NORM = { weight: 'head.slot_norm.weight', bias: 'head.slot_norm.bias' } as const;

/**
 * The head for action units of a model whose other heads have learned. It reads normalised features of the slots, times a weight,
 * plus a bias; both have changed. The head is changed so that its outputs stay the same.
 * @param from the model before
 * @param after the weights of the trained model
 */
export function unitsHeadAfter(from: OnnxContents, after: WeightSource): WeightSource {
  const before = (name: string): Float32Array => {
    const found = from.weights.get(name);
    if (found === undefined) throw new Error(`the model has no weights '${name}'`);
    return found.values;
  };
  const [matrix, bias] = [before(UNITS_HEAD.weight), before(UNITS_HEAD.bias)];
  const units = bias.length;
  const [oldScale, oldShift] = [before(NORM.weight), before(NORM.bias)];
  const [newScale, newShift] = [after(NORM.weight, [])!, after(NORM.bias, [])!];
  const weight = matrix.map((value, i) => {
    const feature = Math.floor(i / units);
    return newScale[feature] === 0 ? 0 : (value * oldScale[feature]!) / newScale[feature]!;
  });
  const shifted = Float32Array.from(bias, (value, unit) => {
    let sum = value;
    for (let i = 0; i < oldShift.length; i++) sum += oldShift[i]! * matrix[i * units + unit]! - newShift[i]! * weight[i * units + unit]!;
    return sum;
  });
  return (name) => ({ [UNITS_HEAD.weight]: weight, [UNITS_HEAD.bias]: shifted })[name];
}

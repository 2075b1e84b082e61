import type { Operand, Tensor } from '../tensor.ts';
import type { ElementType } from '../tensor-type.ts';
import { broadcast, ELEMENT_CODE } from '../tensor-type.ts';

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Operand) => Tensor;
/** Computes the gradient of x from g, the gradient of y = f(x). */
type UnaryRule = (g: Tensor, x: Tensor, y: Tensor) => Tensor;
/**
 * Computes the gradient of one operand from g, the gradient of f(a, b). The caller sums the result over the axes along
 * which the operand was broadcast.
 */
type BinaryRule = (g: Tensor, a: Tensor, b: Tensor) => Tensor;

/** An operation on each element. @param rule absent where the operation has no gradient */
function unary(type: string, rule?: UnaryRule): Unary {
  return (x) => x.graph.apply({ type, inputs: [x], infer: () => [x], gradient: rule && (([g], [y]) => [rule(g, x, y)]) })[0];
}

/** An operation on each pair of elements. @param rules one for each operand; absent where the operation has no gradient */
function binary(type: string, rules?: readonly [BinaryRule, BinaryRule]): Binary {
  return (a, operand) => {
    const b = typeof operand === 'number' ? a.graph.constant(operand) : operand;
    return a.graph.apply({
      type,
      inputs: [a, b],
      infer: () => [{ type: a.type, dims: broadcast(a, b) }],
      gradient: rules && (([g], _, needed) => [a, b].map(({ dims }, i) => (needed[i] === true ? rules[i]!(g, a, b).sumToSize(dims) : undefined))),
    })[0];
  };
}

export const add: Binary = binary('Add', [(g) => g, (g) => g]);
export const sub: Binary = binary('Sub', [(g) => g, (g) => g.neg()]);
export const mul: Binary = binary('Mul', [(g, _, b) => g.mul(b), (g, a) => g.mul(a)]);
export const div: Binary = binary('Div', [(g, _, b) => g.div(b), (g, a, b) => g.mul(a).div(b.mul(b)).neg()]);
/** Only counts are bounded by minimum and maximum, so neither has a gradient. */
export const minimum: Binary = binary('Min');
export const maximum: Binary = binary('Max');

export const neg: Unary = unary('Neg', (g) => g.neg());
export const sqrt: Unary = unary('Sqrt', (g, _, y) => g.mul(0.5).div(y));
export const exp: Unary = unary('Exp', (g, _, y) => g.mul(y));
export const log: Unary = unary('Log', (g, x) => g.div(x));
export const sigmoid: Unary = unary('Sigmoid', (g, _, y) => g.mul(y.mul(y.graph.constant(1).sub(y))));
export const softplus: Unary = unary('Softplus', (g, x) => g.mul(x.sigmoid()));
/** erf'(x) = 2/√π e^(-x²) = e^(log(2/√π) - x²) */
export const erf: Unary = unary('Erf', (g, x) => {
  const logFactor = x.graph.constant(Math.log(2 / Math.sqrt(Math.PI)));
  return g.mul(logFactor.sub(x.mul(x)).exp());
});
/** No gradient: the derivative is 0 wherever it exists. */
export const ceil: Unary = unary('Ceil');

/** Conversion to another element type; it has no gradient. */
export function cast(x: Tensor, type: ElementType): Tensor {
  return x.graph.apply({ type: 'Cast', inputs: [x], attributes: { to: ELEMENT_CODE[type] }, infer: () => [{ type, dims: x.dims }] })[0];
}

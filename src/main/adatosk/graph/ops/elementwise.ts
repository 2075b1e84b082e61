import type { Gradient, Graph, Operation } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import { broadcast } from '../tensor.ts';
import { sumTo } from './broadcasting.ts';

type Binary = (graph: Graph, a: Tensor, b: Tensor) => Tensor;
type Unary = (graph: Graph, x: Tensor) => Tensor;

/** @param slopes the gradients of both operands before they are summed over repeated axes */
function elementwise(type: string, slopes?: (graph: Graph, a: Tensor, b: Tensor, gradient: Tensor) => readonly [() => Tensor, () => Tensor]): Binary {
  const operation: Operation = {
    type,
    infer: ([a, b]) => [{ type: a!.type, dims: broadcast(a!, b!) }],
    ...(slopes === undefined
      ? {}
      : {
          gradient: (graph, { inputs: [a, b] }, [gradient], [wantsA, wantsB]) => {
            const [toA, toB] = slopes(graph, a!, b!, gradient!);
            return [wantsA ? sumTo(graph, toA(), a!.dims) : undefined, wantsB ? sumTo(graph, toB(), b!.dims) : undefined];
          },
        }),
  };
  return (graph, a, b) => graph.apply(operation, [a, b])[0]!;
}

/** @param slope the gradient of x, from x, f(x) and the gradient of f(x) */
function pointwise(type: string, slope?: (graph: Graph, x: Tensor, y: Tensor, gradient: Tensor) => Tensor): Unary {
  const gradient: Gradient | undefined = slope && ((graph, { inputs: [x], outputs: [y] }, [each]) => [slope(graph, x!, y!, each!)]);
  const operation: Operation = { type, infer: ([x]) => [{ type: x!.type, dims: x!.dims }], ...(gradient === undefined ? {} : { gradient }) };
  return (graph, x) => graph.apply(operation, [x])[0]!;
}

export const add: Binary = elementwise('Add', (_, __, ___, g) => [() => g, () => g]);
export const subtract: Binary = elementwise('Sub', (graph, _, __, g) => [() => g, () => negate(graph, g)]);
export const multiply: Binary = elementwise('Mul', (graph, a, b, g) => [() => multiply(graph, g, b), () => multiply(graph, g, a)]);
export const divide: Binary = elementwise('Div', (graph, a, b, g) => [
  () => divide(graph, g, b),
  () => negate(graph, divide(graph, multiply(graph, g, a), multiply(graph, b, b))),
]);
/** Bounds of counts; nothing is learned through them. */
export const minimum: Binary = elementwise('Min');
export const maximum: Binary = elementwise('Max');

export const negate: Unary = pointwise('Neg', (graph, _, __, g) => negate(graph, g));
export const squareRoot: Unary = pointwise('Sqrt', (graph, _, y, g) => divide(graph, multiply(graph, g, graph.constant(0.5)), y));
export const exponential: Unary = pointwise('Exp', (graph, _, y, g) => multiply(graph, g, y));
export const logarithm: Unary = pointwise('Log', (graph, x, _, g) => divide(graph, g, x));
export const sigmoid: Unary = pointwise('Sigmoid', (graph, _, y, g) => multiply(graph, g, multiply(graph, y, subtract(graph, graph.constant(1), y))));
export const softplus: Unary = pointwise('Softplus', (graph, x, _, g) => multiply(graph, g, sigmoid(graph, x)));
/** erf'(x) = 2/√π e^(-x²) */
export const errorFunction: Unary = pointwise('Erf', (graph, x, _, g) => {
  const bell = exponential(graph, subtract(graph, graph.constant(Math.log(2 / Math.sqrt(Math.PI))), multiply(graph, x, x)));
  return multiply(graph, g, bell);
});
/** Flat wherever it is smooth. */
export const ceiling: Unary = pointwise('Ceil');

/**
 * The operations of the network, each in one place: its ONNX type, the types of its outputs, its multiply-adds, its
 * gradient. All are in ONNX opset 17, so that every execution provider of onnxruntime has them.
 */
export * from './operations/arithmetic.ts';
export * from './operations/loop.ts';
export * from './operations/products.ts';
export * from './operations/selection.ts';
export * from './operations/shapes.ts';

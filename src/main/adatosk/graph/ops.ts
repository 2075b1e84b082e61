/**
 * The operations of the network, each in one place: its ONNX type, the types of its outputs, its multiply-adds, its
 * gradient. All are in ONNX opset 17, so that every execution provider of onnxruntime has them.
 */
export * from './ops/elementwise.ts';
export * from './ops/scan.ts';
export * from './ops/matrix.ts';
export * from './ops/index.ts';
export * from './ops/shape.ts';

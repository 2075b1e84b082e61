import { createRequire } from 'node:module';
import type * as Onnxruntime from 'onnxruntime-node';

// The native library of onnxruntime reports its use to its maker (processor, model file names, a device id) unless this
// is set before the library is loaded; see docs/user/privacy.md. A lint rule keeps every other file from importing it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

// `require`, because a bundler moves an import above the line before.
const library = createRequire(import.meta.url)('onnxruntime-node') as typeof Onnxruntime;

export const { InferenceSession, Tensor } = library;
export type InferenceSession = Onnxruntime.InferenceSession;
export type Tensor = Onnxruntime.Tensor;

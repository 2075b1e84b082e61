import { createRequire } from 'node:module';
import type * as Onnxruntime from 'onnxruntime-node';

// Unless this variable is set before the library is loaded, onnxruntime's native library sends telemetry to Microsoft
// (processor, model file names, a device id); see docs/user/privacy.md. A lint rule forbids other files to import it.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

// `require`, because a bundler would move an import above the line before.
const library = createRequire(import.meta.url)('onnxruntime-node') as typeof Onnxruntime;

export const { InferenceSession, Tensor } = library;
export type InferenceSession = Onnxruntime.InferenceSession;
export type Tensor = Onnxruntime.Tensor;

import { join } from 'node:path';

/** The face detector among the models; it comes with the program and is not a choice. */
export function detectorFile(modelsFolder: string): string {
  return join(modelsFolder, 'blazeface', 'model.onnx');
}

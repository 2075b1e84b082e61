import { join } from 'node:path';

/** The face detectors among the models; they come with the program and are not a choice. */
export function detectorFiles(modelsFolder: string): { search: string; near: string } {
  return { search: join(modelsFolder, 'blazeface-back', 'model.onnx'), near: join(modelsFolder, 'blazeface-front', 'model.onnx') };
}

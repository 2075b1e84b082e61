/** Endings of the files of models that can be imported: networks of this program, safetensors, and checkpoints of PyTorch. */
export const MODEL_FILE_ENDINGS = ['onnx', 'safetensors', 'pth', 'pt', 'bin'] as const;
export type ModelFileEnding = (typeof MODEL_FILE_ENDINGS)[number];

/** The ending of a file that can be imported, without the dot and in small letters. */
export function modelFileEnding(name: string): ModelFileEnding | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return MODEL_FILE_ENDINGS.find((each) => each === ending);
}

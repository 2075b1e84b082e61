import { isAbsolute } from 'node:path';
import { StudioError } from '../../../shared/app/errors.ts';

/** The path, if it is absolute: a relative one would mean another file in each process. @throws StudioError 'wrong-usage' */
export function wholePath(path: string): string {
  if (!isAbsolute(path) || path.includes('\0')) throw new StudioError('wrong-usage/relative-path', { path: JSON.stringify(path) });
  return path;
}

/** The bytes of an array, as contracts send them. */
export function blobOf(values: Float64Array | Float32Array | Int32Array | Int8Array | Uint8Array): Blob {
  return new Blob([values as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
}

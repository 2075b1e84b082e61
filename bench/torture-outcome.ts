import { StudioError } from '../src/shared/errors.ts';

export function isFull(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'disk-full';
}

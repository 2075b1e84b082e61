import { open, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { ParameterStore } from '../../adatosk/training/parameter-store.ts';
import { STATE_ARRAYS } from '../../adatosk/training/parameter-store.ts';

/** Progress of a training. Everything else follows from the settings and the seed. */
export interface Progress {
  /** Number of finished steps. */
  readonly step: number;
  readonly seconds: number;
  readonly best: { readonly step: number; readonly uar: number; readonly logLoss: number } | null;
  /** Validations since the best one. */
  readonly sinceBest: number;
}

interface Header extends Progress {
  readonly format: 1;
  /** Hash of everything that determines the course of training: settings, data, seed. */
  readonly job: string;
  readonly count: number;
  readonly stepsOf: readonly number[];
  readonly hasBest: boolean;
}

const FILE = 'checkpoint.bin';

/**
 * Saves weights, moments, averages and the best weights so far in one file. The file is replaced atomically: after a kill
 * at any moment, either the old or the new file exists.
 * @throws StudioError where the file cannot be written
 */
export async function saveCheckpoint(folder: string, job: string, store: ParameterStore, progress: Progress, best: Float32Array | null): Promise<void> {
  const header: Header = { format: 1, job, ...progress, count: store.count, stepsOf: store.stepsOf, hasBest: best !== null };
  const text = Buffer.from(JSON.stringify(header));
  const path = join(folder, FILE);
  const part = `${path}.part`;
  try {
    const file = await open(part, 'w');
    try {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      await file.write(length);
      await file.write(text);
      for (const array of [...STATE_ARRAYS.map((name) => store.arrays[name]), ...(best === null ? [] : [best])]) {
        await file.write(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw writeError(path, error);
  }
}

export function hasCheckpoint(folder: string): boolean {
  return existsSync(join(folder, FILE));
}

/**
 * Loads a checkpoint into a store.
 * @throws StudioError 'wrong-usage' where it belongs to another job, or 'file-unreadable' where it is incomplete
 */
export async function loadCheckpoint(folder: string, job: string, store: ParameterStore): Promise<{ progress: Progress; best: Float32Array | null }> {
  const path = join(folder, FILE);
  const bytes = await readFile(path);
  const length = bytes.readUInt32LE(0);
  const header = JSON.parse(bytes.subarray(4, 4 + length).toString('utf8')) as Header;
  if (header.job !== job) throw new StudioError('wrong-usage/other-training', { file: path });
  const arrays = STATE_ARRAYS.length + (header.hasBest ? 1 : 0);
  if (header.count !== store.count || bytes.length !== 4 + length + arrays * 4 * header.count)
    throw new StudioError('file-unreadable/checkpoint', { file: path });
  const values = (index: number): Float32Array =>
    new Float32Array(Uint8Array.from(bytes.subarray(4 + length + index * 4 * header.count, 4 + length + (index + 1) * 4 * header.count)).buffer);
  STATE_ARRAYS.forEach((name, i) => store.arrays[name].set(values(i)));
  header.stepsOf.forEach((steps, i) => (store.stepsOf[i] = steps));
  const { step, seconds, best, sinceBest } = header;
  return { progress: { step, seconds, best, sinceBest }, best: header.hasBest ? values(STATE_ARRAYS.length) : null };
}

export async function removeCheckpoint(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}

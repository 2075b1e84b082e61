/** A thread that draws clips of a set: its share of them, one after the other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import writeFileAtomic from 'write-file-atomic';
import { toFact } from '../../../shared/app/errors.ts';
import type { Fact } from '../../../shared/app/facts.ts';
import { encodeStrips } from '../../face/face-strips.ts';
import type { CastPlace } from './subjects.ts';
import { Cast } from './subjects.ts';
import { planClip } from './clip-plan.ts';
import { renderClip } from './clip.ts';
import type { SetClip } from './set.ts';

export interface SetWork {
  readonly place: CastPlace;
  readonly folder: string;
  readonly side: number;
  readonly rate: number;
  readonly seed: number;
  readonly clips: readonly SetClip[];
}

export type SetMessage = { readonly done: string; readonly frames: number } | { readonly error: Fact };

const { place, folder, side, rate, seed, clips } = workerData as SetWork;
// Threads enough are at work: each encodes its own pictures.
sharp.concurrency(1);

try {
  const cast = new Cast(place, 'head');
  for (const { name, label, portraits, condition, mixing } of clips) {
    const base = join(folder, name);
    let frames = 0;
    // The truth is written last: a clip that has both is complete, and a set that was interrupted goes on.
    if (!existsSync(`${base}.json`) || !existsSync(`${base}.jpegs`)) {
      const plan = planClip(seed, name, label, portraits, condition, mixing);
      const { crops, truth } = renderClip(plan, await cast.people(plan), side, rate);
      const { bytes, lengths } = await encodeStrips(crops, side);
      await writeFileAtomic(`${base}.jpegs`, bytes, { fsync: false });
      await writeFileAtomic(`${base}.json`, JSON.stringify({ ...truth, strips: lengths }), { fsync: false });
      frames = truth.samples;
    }
    parentPort!.postMessage({ done: name, frames } satisfies SetMessage);
  }
} catch (error) {
  parentPort!.postMessage({ error: toFact(error) } satisfies SetMessage);
}

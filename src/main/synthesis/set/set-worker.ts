/** Entry point of a thread that renders its share of the clips of a set, one after the other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import writeFileAtomic from 'write-file-atomic';
import { toFact } from '../../../shared/app/errors.ts';
import { encodeStrips } from '../../face/face-strips.ts';
import { Subjects } from './subjects.ts';
import { planClip } from './clip-plan.ts';
import { renderClip } from './clip.ts';
import type { SetMessage, SetWork } from './set-work.ts';

const { place, folder, side, rate, seed, clips } = workerData as SetWork;
// One thread for encoding, because every worker thread encodes its own crops.
sharp.concurrency(1);

try {
  const subjects = new Subjects(place, 'head');
  for (const { name, label, portraits, condition, mixing } of clips) {
    const base = join(folder, name);
    let frames = 0;
    // The ground truth is written last, so that a clip with both files is complete and an interrupted set can resume.
    if (!existsSync(`${base}.json`) || !existsSync(`${base}.jpegs`)) {
      const plan = planClip(seed, name, label, portraits, condition, mixing);
      const { crops, truth } = renderClip(plan, await subjects.people(plan), side, rate);
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

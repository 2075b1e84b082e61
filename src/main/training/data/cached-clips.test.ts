import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as sharpModule from 'sharp';
import { afterAll, expect, test, vi } from 'vitest';
import { CROPS_PER_STRIP, encodeStrips } from '../../face/face-strips.ts';
import { openClipSource } from './cached-clips.ts';

const counts = vi.hoisted(() => ({ opened: 0 }));
// No free memory: the cache keeps no decoded strip.
vi.spyOn(process, 'availableMemory').mockReturnValue(0);
vi.mock('sharp', async (original) => {
  const { default: sharp } = await original<typeof sharpModule>();
  const counted = (...input: Parameters<typeof sharp>): ReturnType<typeof sharp> => {
    counts.opened++;
    return sharp(...input);
  };
  return { default: Object.assign(counted, sharp) };
});

const folder = await mkdtemp(join(tmpdir(), 'adatosk-cached-clips-'));
afterAll(() => rm(folder, { recursive: true }));

test('reading a clip decodes each of its strips once, even without a cache', async () => {
  const side = 16;
  const crops = 2 * CROPS_PER_STRIP + 3;
  const pixels = Uint8Array.from({ length: crops * side * side * 3 }, (_, i) => 5 * Math.floor(i / (side * side * 3)));
  const { bytes, lengths } = await encodeStrips(pixels, side);
  const file = join(folder, 'face.jpegs');
  await writeFile(file, bytes);
  const clip = { face: 0, first: 2, samples: crops - 2, label: null, moments: null };
  const source = await openClipSource({ side, faces: [{ file, strips: lengths }], clips: [clip] });
  counts.opened = 0;

  const samples = Array.from({ length: crops - 2 }, (_, i) => crops - 3 - i);
  const read = await source.read(0, samples);

  expect(counts.opened).toBe(3);
  const shades = samples.map((_, i) => Math.round(read[i * side * side * 3]! / 5));
  expect(shades).toEqual(samples.map((sample) => sample + 2));
});

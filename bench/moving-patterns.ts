import { randomStream } from '../src/shared/basics/random.ts';
import { FRAMES_PER_CLIP } from '../src/main/adatosk/model/config.ts';
import type { ClipSource } from '../src/main/training/data/clip-source.ts';

/**
 * Generated clips whose classes differ only in motion and timing: a light disc of a random colour and size at a random
 * position on a dark background with a random gradient. A single frame does not show the class.
 */
export interface PatternOptions {
  readonly side: number;
  readonly count: number;
  readonly seed: number;
}

/** Position (in shares of the side) and relative radius of the disc at time 0..1. */
type Motion = (t: number) => { x: number; y: number; radius: number };

const bump = (t: number, middle: number): number => Math.exp(-(((t - middle) / 0.16) ** 2));
const TRAVEL = 0.4;

export const MOTIONS: readonly { readonly name: string; readonly motion: Motion }[] = [
  { name: 'still', motion: () => ({ x: 0, y: 0, radius: 1 }) },
  { name: 'to the right', motion: (t) => ({ x: TRAVEL * (t - 0.5), y: 0, radius: 1 }) },
  { name: 'to the left', motion: (t) => ({ x: -TRAVEL * (t - 0.5), y: 0, radius: 1 }) },
  { name: 'down', motion: (t) => ({ x: 0, y: TRAVEL * (t - 0.5), radius: 1 }) },
  { name: 'swells early', motion: (t) => ({ x: 0, y: 0, radius: 1 + 0.7 * bump(t, 0.25) }) },
  { name: 'swells late', motion: (t) => ({ x: 0, y: 0, radius: 1 + 0.7 * bump(t, 0.75) }) },
  { name: 'swings', motion: (t) => ({ x: 0.5 * TRAVEL * Math.sin(4 * Math.PI * t), y: 0, radius: 1 }) },
];

export function openClipSource(options: unknown): Promise<ClipSource> {
  const { side, count, seed } = options as PatternOptions;
  return Promise.resolve({
    side,
    clips: Array.from({ length: count }, (_, i) => ({ samples: FRAMES_PER_CLIP, label: i % MOTIONS.length, moments: null })),
    read: (clip: number) => Promise.resolve(drawPattern(side, clip % MOTIONS.length, randomStream(seed, `pattern ${clip}`))),
  });
}

/** [16, side, side, 3] RGB bytes. */
function drawPattern(side: number, label: number, random: () => number): Uint8Array {
  const between = (low: number, high: number): number => low + (high - low) * random();
  const [middleX, middleY] = [between(0.4, 0.6) * side, between(0.4, 0.6) * side];
  const base = between(0.15, 0.25) * side;
  const ground = slope(side, random);
  const disc = [0, 1, 2].map(() => between(150, 250));
  const { motion } = MOTIONS[label]!;
  const clip = new Uint8Array(FRAMES_PER_CLIP * side * side * 3);
  for (let frame = 0; frame < FRAMES_PER_CLIP; frame++) {
    const { x, y, radius } = motion(frame / (FRAMES_PER_CLIP - 1));
    const [cx, cy, r] = [middleX + x * side, middleY + y * side, base * radius];
    clip.set(ground, frame * ground.length);
    for (let py = Math.max(0, Math.floor(cy - r)); py < Math.min(side, cy + r); py++) {
      for (let px = Math.max(0, Math.floor(cx - r)); px < Math.min(side, cx + r); px++) {
        if ((px - cx) ** 2 + (py - cy) ** 2 > r * r) continue;
        const to = (frame * side * side + py * side + px) * 3;
        for (let c = 0; c < 3; c++) clip[to + c] = disc[c]!;
      }
    }
  }
  return clip;
}

/** A dark colour with a gradient in a random direction: [side, side, 3]. */
function slope(side: number, random: () => number): Uint8Array {
  const colour = [0, 1, 2].map(() => 30 + 50 * random());
  const [right, down] = [0, 0].map(() => (60 * (random() - 0.5)) / side) as [number, number];
  const picture = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const light = right * (x - side / 2) + down * (y - side / 2);
      for (let c = 0; c < 3; c++) picture[(y * side + x) * 3 + c] = Math.max(0, colour[c]! + light);
    }
  }
  return picture;
}

import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../shared/basics/random.ts';
import { mean } from '../../../shared/basics/mean.ts';
import { augment } from './augmentation.ts';
import { sampleValues } from './clip-source.ts';
import { fillTubeMask } from './hard-mask.ts';
import { ClipSampler, evenWindows, labelsOf, randomWindow, shareMeans, slotMeans } from './sampling.ts';
import { phaseAt, planOf, rateAt } from '../trainer/plan.ts';
import { SIZES } from '../../adatosk/model/config.ts';

const clip = (label: number | null, samples = 30): { samples: number; label: number | null; moments: null } => ({ samples, label, moments: null });

describe('draws of clips', () => {
  const clips = [...Array.from({ length: 90 }, () => clip(0)), ...Array.from({ length: 10 }, () => clip(3)), clip(null)];

  test('give every class the same share, even with few clips', () => {
    const sampler = new ClipSampler(clips, 1);
    const labels = Array.from({ length: 400 }, (_, place) => clips[sampler.clipAt(place, true)]!.label);
    expect(labels.filter((label) => label === 3)).toHaveLength(200);
    expect(labels.filter((label) => label === 0)).toHaveLength(200);
  });

  test('use every clip of a class once before any clip is repeated', () => {
    const sampler = new ClipSampler(clips, 1);
    const rare = Array.from({ length: 40 }, (_, place) => sampler.clipAt(place, true)).filter((i) => clips[i]!.label === 3);
    expect(new Set(rare.slice(0, 10)).size).toBe(10);
  });

  test('of self-supervised training include clips without a label', () => {
    const sampler = new ClipSampler(clips, 1);
    expect(new Set(Array.from({ length: clips.length }, (_, place) => sampler.clipAt(place, false))).size).toBe(clips.length);
  });

  test('depend only on the seed and the position', () => {
    const draw = (seed: number): number[] => Array.from({ length: 50 }, (_, place) => new ClipSampler(clips, seed).clipAt(place, true));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('windows', () => {
  test('lie within the clip, and a short clip repeats its last sample', () => {
    for (let i = 0; i < 200; i++) {
      const window = randomWindow(clip(0, 40), randomStream(i, 'window'), true);
      expect(Math.min(...window)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...window)).toBeLessThan(40);
    }
    expect(randomWindow(clip(0, 5), () => 0.9, false)).toEqual([0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
  });

  test('for prediction reach from the beginning to the end, or lie around the labelled expression', () => {
    expect(evenWindows(clip(0, 36), 2).map((window) => [window[0], window.at(-1)])).toEqual([
      [0, 15],
      [20, 35],
    ]);
    expect(evenWindows(clip(0, 10), 2)).toHaveLength(1);
    const around = evenWindows({ samples: 60, label: 1, moments: { onset: 30, apex: 34, offset: 42 } }, 2);
    expect(around.map((window) => [window[0], window.at(-1)])).toEqual([[28, 43]]);
  });
});

describe('labels of a window', () => {
  const facts = { samples: 60, label: 0, moments: { onset: 20, apex: 24, offset: 30 } };
  const window = (start: number): number[] => Array.from({ length: 16 }, (_, i) => start + i);

  test('have the label of the expression where the window contains the apex, and neutral in slots outside the expression', () => {
    const { clip: whole, slots } = labelsOf(facts, window(14));
    expect(whole[0]).toBe(1);
    const classes = Array.from({ length: 8 }, (_, slot) => slots.subarray(slot * 7, slot * 7 + 7).indexOf(1));
    expect(classes).toEqual([2, 2, 2, 0, 0, 0, 0, 0]);
  });

  test('are neutral where the window contains nothing of the expression, and mixed where it contains a little', () => {
    expect(labelsOf(facts, window(40)).clip[2]).toBe(1);
    const little = labelsOf(facts, window(26)).clip;
    expect(little[0]).toBeCloseTo(0.5);
    expect(little[2]).toBeCloseTo(0.5);
  });

  test('are unknown for slots without labelled moments, and unknown for everything without a label', () => {
    const { clip: whole, slots } = labelsOf(clip(4), window(0));
    expect(whole[4]).toBe(1);
    expect(slots.every((value) => value === 0)).toBe(true);
    expect(labelsOf(clip(null), window(0)).clip.every((value) => value === 0)).toBe(true);
  });
});

describe('graded labels, for sets with the strength of each class', () => {
  // Neutral for 20 samples, then happiness that rises to 80%, with a little surprise.
  const shares = Array.from({ length: 60 }, (_, i) => (i < 20 ? [0, 0, 100, 0, 0, 0, 0] : [80, 0, 15, 0, 5, 0, 0]));
  const facts = { samples: 60, label: 0, moments: { onset: 20, apex: 24, offset: 60 }, shares: sampleValues(shares) };
  const window = (start: number): number[] => Array.from({ length: 16 }, (_, i) => start + i);

  test('are the mean strengths for slots and the largest strength for the window', () => {
    const { clip: whole, slots } = labelsOf(facts, window(10));
    expect(slots[2]).toBe(1);
    expect([...slots.subarray(49, 56)].map((value) => Math.round(100 * value))).toEqual([80, 0, 15, 0, 5, 0, 0]);
    expect(whole[0]).toBeCloseTo(80 / 85, 5);
    expect(whole[4]).toBeCloseTo(5 / 85, 5);
    expect(whole.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
  });

  test('are neutral before the expression, and half the expression at a quarter of its strength', () => {
    expect(labelsOf(facts, window(0)).clip[2]).toBe(1);
    const weak = shares.map((row) => (row[0]! > 0 ? [25, 0, 75, 0, 0, 0, 0] : row));
    const { clip: whole } = labelsOf({ ...facts, shares: sampleValues(weak) }, window(20));
    expect(whole[0]).toBeCloseTo(0.5, 5);
    expect(whole[2]).toBeCloseTo(0.5, 5);
  });

  test('come with the means of action units, limited to 1', () => {
    const units = sampleValues(Array.from({ length: 16 }, (_, i) => [i < 8 ? 0 : 50, 130]));
    const slots = slotMeans(units, window(0));
    expect(slots).toHaveLength(16);
    expect([...slots.subarray(0, 2)]).toEqual([0, 1]);
    expect([...slots.subarray(14)]).toEqual([0.5, 1]);
    expect([...shareMeans(units, [7, 8])]).toEqual([0.25, 1]);
  });
});

test('a tube mask has the same visible patches in all slots and no token twice', () => {
  const [visible, hidden] = [new BigInt64Array(8 * 13), new BigInt64Array(8 * 36)];
  fillTubeMask(49, visible, hidden, randomStream(1, 'mask'));
  const places = Array.from({ length: 8 }, (_, slot) => [...visible.subarray(slot * 13, slot * 13 + 13)].map((token) => Number(token) - slot * 49));
  for (const slot of places) expect(slot).toEqual(places[0]);
  expect(new Set([...visible, ...hidden]).size).toBe(392);
});

describe('augmentation', () => {
  const side = 32;
  const frames = Uint8Array.from({ length: 16 * side * side * 3 }, randomBytes());
  function randomBytes(): () => number {
    const next = randomStream(1, 'frames');
    return () => Math.floor(256 * next());
  }

  test('depends only on the random numbers, and does nothing for the kind none', async () => {
    const run = (seed: number): Promise<Uint8Array> => augment(frames, side, 'faces', randomStream(seed, 'a'));
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
    expect(await augment(frames, side, 'none', Math.random)).toBe(frames);
  });

  test('changes all frames of a clip in the same way, so that it adds no motion', async () => {
    const first = frames.subarray(0, side * side * 3);
    const still = Uint8Array.from({ length: frames.length }, (_, i) => first[i % first.length]!);
    for (let seed = 0; seed < 12; seed++) {
      const varied = await augment(still, side, 'faces', randomStream(seed, 'still'));
      const means = Array.from({ length: 16 }, (_, f) => varied.subarray(f * first.length, (f + 1) * first.length).reduce((a, b) => a + b, 0) / first.length);
      expect(Math.max(...means) - Math.min(...means)).toBeLessThan(2);
    }
  });

  test('sometimes makes a rendered clip dark', async () => {
    const grey = new Uint8Array(frames.length).fill(128);
    const levels: number[] = [];
    for (let seed = 0; seed < 100; seed++) levels.push(mean(Array.from(await augment(grey, side, 'light', randomStream(seed, 'dark')))));
    const dark = levels.filter((level) => level < 80);
    expect(dark.length).toBeGreaterThan(3);
    expect(dark.length).toBeLessThan(20);
    expect(Math.min(...dark)).toBeGreaterThan(10);
  });
});

describe('the plan', () => {
  const phases = planOf({ size: SIZES.tiny, batch: 16, steps: { 'self-supervised': 10, joint: 21, 'fine-tuning': 8 }, learns: 'all', reconstruction: 0.5 });

  test('has the phases self-supervised, joint and fine-tuning, each in whole runs of steps', () => {
    expect(phases.map(({ name, steps }) => [name, steps])).toEqual([
      ['self-supervised', 12],
      ['joint', 24],
      ['fine-tuning', 8],
    ]);
    expect(phaseAt(phases, 11)!.phase.name).toBe('self-supervised');
    expect(phaseAt(phases, 12)).toMatchObject({ within: 0, phase: { name: 'joint' } });
    expect(phaseAt(phases, 44)).toBeUndefined();
  });

  test('splits the batch into micro-batches, which are smaller in phases with more tokens', () => {
    for (const { settings } of phases) expect(settings.step.clips * settings.microBatches).toBe(16);
    expect(phases[2]!.settings.microBatches).toBeGreaterThan(phases[0]!.settings.microBatches);
  });

  test('can have a phase of single slots, with more of them in a step', () => {
    const [frames] = planOf({ size: SIZES.tiny, batch: 16, steps: { frames: 5, joint: 4 }, learns: 'all', reconstruction: 0.5, units: 23 });
    expect(frames).toMatchObject({ name: 'frames', steps: 8, settings: { step: { masking: 'single-slot', visibleTokens: 49, units: 23 } } });
    expect(frames!.settings.step.clips * frames!.settings.microBatches).toBe(64);
  });

  test('increases the learning rate to its peak, then decreases it', () => {
    const rates = Array.from({ length: 200 }, (_, step) => rateAt(step, 200, 1));
    expect(rates[0]).toBeLessThan(0.2);
    expect(Math.max(...rates)).toBeGreaterThan(0.95);
    expect(rates.at(-1)).toBeLessThan(0.02);
  });
});

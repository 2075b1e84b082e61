import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../testing/videos.ts';
import { uarOf } from '../../../shared/statistics/recognition.ts';
import type { NetworkSize } from '../../adatosk/model/config.ts';
import { atTemperature, fitTemperature } from '../evaluation/prediction.ts';
import { addressOf } from '../data/clip-source.ts';
import { planOf } from './plan.ts';
import type { TrainerEvents, TrainingJob, TrainingPlace } from './trainer.ts';
import { train } from './trainer.ts';

const folder = await temporaryFolder();
const SIZE: NetworkSize = { name: 'tiny', width: 48, heads: 3, blocks: 3, blocksBeforeMask: 1, cropSide: 48, defaultTokenBudget: 0.5 };
const PATTERNS = new URL('../../../../bench/moving-patterns.ts', import.meta.url).href;
const CONTRARY = new URL('../../../../testing/contrary-patterns.ts', import.meta.url).href;
const patterns = (count: number, seed: number, module = PATTERNS): TrainingJob['source'] => addressOf(module, { side: SIZE.cropSide, count, seed });

function jobOf(steps: number, more: Partial<TrainingJob> = {}): TrainingJob {
  return {
    phases: planOf({ size: SIZE, batch: 14, steps: { 'self-supervised': 0, joint: steps, 'fine-tuning': 8 }, learns: 'all', reconstruction: 0.5 }),
    peakRate: 3e-3,
    optimiser: { weightDecay: 0.05, layerDecay: 1, averageKeeps: 0.95 },
    batches: { seed: 1, augmentation: 'none', tokenBudget: [0.5, 0.8], labelSmoothing: 0.05 },
    source: patterns(5000, 1),
    validation: patterns(70, 2),
    validateEvery: 20,
    patience: 100,
    tokenBudget: 0.5,
    ...more,
  };
}

const place = (name: string, more: Partial<TrainingPlace> = {}): TrainingPlace => ({
  folder: join(folder, name),
  provider: 'cpu',
  threads: 2,
  checkpointEverySeconds: 1e6,
  resume: false,
  weights: () => undefined,
  ...more,
});
const QUIET: TrainerEvents = { onSteps: () => undefined, onValidation: () => undefined };
const never = new AbortController().signal;

async function losses(name: string): Promise<number[]> {
  const lines = (await readFile(join(folder, name, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { loss?: number }).flatMap(({ loss }) => loss ?? []);
}

describe('the trainer', () => {
  test('learns classes that differ only in motion and timing, and returns the weights of the best validation', async () => {
    const seen: { uar: number; logLoss: number; isBest: boolean }[] = [];
    const outcome = await train(jobOf(240), place('learns'), { ...QUIET, onValidation: (each) => seen.push(each) }, never);
    expect(outcome.best!.logLoss).toBe(Math.min(...seen.map(({ logLoss }) => logLoss)));
    // Chance is 1 in 7; a network this small classifies half of the clips correctly in this time.
    expect(outcome.best!.uar).toBeGreaterThan(0.35);
    expect(uarOf(outcome.predictions)).toBeCloseTo(outcome.best!.uar, 6);
    const curve = await losses('learns');
    expect(curve).toHaveLength(248);
    expect(curve.at(-1)).toBeLessThan(curve[0]!);
  });

  test('stops where validation does not improve', async () => {
    const outcome = await train(jobOf(400, { validation: patterns(70, 2, CONTRARY), validateEvery: 8, patience: 3 }), place('contrary'), QUIET, never);
    expect(outcome.stoppedEarly).toBe(true);
    expect(outcome.steps).toBeLessThan(400);
    expect(outcome.best!.step).toBe(outcome.steps - 3 * 8);
  });

  test('takes the same steps in a stopped and resumed training as in an uninterrupted one', async () => {
    await train(jobOf(24), place('whole'), QUIET, never);
    const stop = new AbortController();
    const events = { ...QUIET, onSteps: ({ step }: { step: number }) => (step >= 12 ? stop.abort() : undefined) };
    const first = await train(jobOf(24), place('parts'), events, stop.signal);
    expect(first.stopped).toBe(true);
    const second = await train(jobOf(24), place('parts', { resume: true }), QUIET, never);
    expect(second.stopped).toBe(false);
    const [whole, parts] = [await losses('whole'), await losses('parts')];
    expect(parts).toHaveLength(whole.length);
    parts.forEach((loss, i) => expect(loss).toBeCloseTo(whole[i]!, 4));
  });

  test('does not resume a checkpoint with other settings', async () => {
    const other = jobOf(24, { peakRate: 1e-3 });
    await expect(train(other, place('parts', { resume: true }), QUIET, never)).rejects.toMatchObject({ code: 'wrong-usage' });
  });
});

describe('calibration', () => {
  test('finds the temperature of an overconfident model, but not with too few clips', () => {
    const predictions = Array.from({ length: 200 }, (_, i) => {
      const honest = [0.6, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05];
      const label = i % 10 < 6 ? 0 : 1 + (i % 6);
      return { label, probabilities: atTemperature(honest, 0.25) };
    });
    expect(fitTemperature(predictions)).toBeGreaterThan(2.5);
    expect(fitTemperature(predictions.slice(0, 20))).toBe(1);
  });
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { confusionOf, recallOf, uarOf } from '../src/shared/statistics/recognition.ts';
import { LiveNetwork } from '../src/main/adatosk/training/live-network.ts';
import { SIZES } from '../src/main/adatosk/model/config.ts';
import { addressOf, openSource } from '../src/main/training/data/clip-source.ts';
import { clipShape } from '../src/main/adatosk/model/clip-shape.ts';
import { predict } from '../src/main/training/evaluation/prediction.ts';
import type { Phase } from '../src/main/training/trainer/plan.ts';
import { planOf } from '../src/main/training/trainer/plan.ts';
import type { TrainingJob, TrainingOutcome } from '../src/main/training/trainer/trainer.ts';
import { train } from '../src/main/training/trainer/trainer.ts';
import { MOTIONS } from './moving-patterns.ts';
import { drawReconstruction } from './reconstruction-picture.ts';
import type { StepBench, StepFigures } from './train-step.ts';

const STEP_FILE = fileURLToPath(new URL('./train-step.ts', import.meta.url));
const PATTERNS_URL = new URL('./moving-patterns.ts', import.meta.url).href;
const PICTURE = 'reconstruction.png';

/** The common settings for comparing steps: 98 of 392 tokens visible, two decoder blocks, batch 16. */
const SAME_SETTING = { size: 'tiny', batch: 16, microBatches: 2, visibleTokens: 98, classification: false } as const;
const STEPS: Readonly<Record<string, Omit<StepBench, 'threads'>>> = {
  tiny: { ...SAME_SETTING, decodedTokens: 147 },
  tiny_all_hidden: { ...SAME_SETTING, decodedTokens: 294 },
  tiny_soft_mask: { ...SAME_SETTING, visibleTokens: 104, decodedTokens: 144, classification: true },
  small: { ...SAME_SETTING, size: 'small', microBatches: 4, decodedTokens: 147 },
};
const ABOUT: Readonly<Record<string, string>> = {
  tiny: 'reconstruction of half of the hidden tubes',
  tiny_all_hidden: 'reconstruction of all hidden tubes',
  tiny_soft_mask: 'both branches, with the soft mask (104 visible)',
  small: 'reconstruction of half of the hidden tubes',
};

/** Speed of training steps compared with their forward passes, share of copying, memory; then a training on moving patterns. */
export async function benchTrain(line: (text: string) => void): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [name, bench] of Object.entries(STEPS)) {
    const figures = await measure({ ...bench, threads: cpus().length });
    line(
      `${name.split('_')[0]}, ${ABOUT[name]}: ${figures.clipsPerSecond.toFixed(1)} clips/s (${figures.bestClipsPerSecond.toFixed(1)} in the fastest round), a step ${(figures.stepMs / figures.forwardMs).toFixed(2)} times its forward pass, ` +
        `copying ${(100 * figures.copyingShare).toFixed(1)}%, peak ${figures.peakMegabytes.toFixed(0)} MB; one product runs at ${figures.productSpeed.toFixed(0)} GFLOP/s`,
    );
    numbers[`${name}_clips_per_second`] = figures.clipsPerSecond;
    numbers[`${name}_best_clips_per_second`] = figures.bestClipsPerSecond;
    numbers[`${name}_step_over_forward`] = figures.stepMs / figures.forwardMs;
    numbers[`${name}_copying_over_step`] = figures.copyingShare;
    numbers[`${name}_peak_mb`] = figures.peakMegabytes;
    numbers[`${name}_parameters`] = figures.parameters;
    numbers[`${name}_product_gflops`] = figures.productSpeed;
  }
  return { ...numbers, ...(await trainOnPatterns(line)) };
}

async function measure(bench: StepBench): Promise<StepFigures> {
  const { stdout } = await promisify(execFile)(process.execPath, [STEP_FILE, JSON.stringify(bench)]);
  return JSON.parse(stdout) as StepFigures;
}

const TRAINING_SECONDS = 600;

/** Trains tiny on the moving patterns for at most ten minutes and evaluates it on unseen clips. */
async function trainOnPatterns(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'adatosk-patterns-'));
  const size = SIZES.tiny;
  const phases = planOf({ size, batch: 16, steps: { 'self-supervised': 0, joint: 280, 'fine-tuning': 20 }, learns: 'all', reconstruction: 0.5 });
  const patterns = (count: number, seed: number): TrainingJob['source'] => addressOf(PATTERNS_URL, { side: size.cropSide, count, seed });
  const job: TrainingJob = {
    phases,
    peakRate: 1e-3,
    optimiser: { weightDecay: 0.05, layerDecay: 1, averageKeeps: 0.98 },
    batches: { seed: 1, augmentation: 'none', tokenBudget: [0.25, 0.7], labelSmoothing: 0.05 },
    source: patterns(70_000, 1),
    validation: patterns(140, 2),
    validateEvery: 40,
    patience: 1000,
    tokenBudget: size.defaultTokenBudget,
  };
  const begun = performance.now();
  const seconds = (): number => (performance.now() - begun) / 1000;
  const stop = new AbortController();
  const losses: number[] = [];
  line(`moving patterns (${MOTIONS.map(({ name }) => name).join(', ')}), ${TRAINING_SECONDS} s at most:`);
  try {
    const outcome = await train(
      job,
      { folder, provider: 'cpu', threads: cpus().length, checkpointEverySeconds: TRAINING_SECONDS, resume: false, weights: () => undefined },
      {
        onSteps: ({ losses: { reconstruction } }) => {
          if (reconstruction !== undefined) losses.push(reconstruction);
          if (seconds() > TRAINING_SECONDS) stop.abort();
        },
        onValidation: ({ step, uar }) => {
          line(
            `  ${seconds().toFixed(0)} s, step ${step}: UAR ${uar.toFixed(3)} on validation clips, reconstruction loss ${losses.at(-1)!.toFixed(3)} (${losses[0]!.toFixed(3)} at first)`,
          );
        },
      },
      stop.signal,
    );
    return await concludePatterns(outcome, phases[0]!, patterns(700, 3), losses, seconds(), line);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function concludePatterns(
  outcome: TrainingOutcome,
  joint: Phase,
  unseen: TrainingJob['source'],
  losses: readonly number[],
  seconds: number,
  line: (text: string) => void,
): Promise<Record<string, number>> {
  const { store, weights, times } = outcome;
  const size = joint.settings.step.size;
  store.arrays.average.set(weights);
  const source = await openSource(unseen);
  const network = await LiveNetwork.load(size, store, 'average', 'cpu', cpus().length);
  const predictions = await predict(network, clipShape(source.side), source, [...source.clips.keys()], { tokenBudget: size.defaultTokenBudget, windows: 1 });
  await network.release();
  const recall = recallOf(confusionOf(predictions)).map((each, i) => `${MOTIONS[i]!.name} ${each!.toFixed(2)}`);
  line(`${predictions.length} unseen clips after ${seconds.toFixed(0)} s: UAR ${uarOf(predictions).toFixed(3)} (${recall.join(', ')})`);
  const error = await drawReconstruction(joint.settings.step, store, source, [1, 3, 5, 6], PICTURE);
  line(`hidden tubes reconstructed (as it was, what was seen, reconstructed): ${PICTURE}`);
  return {
    patterns_unseen_uar: uarOf(predictions),
    patterns_seconds: seconds,
    patterns_reconstruction_first: losses[0]!,
    patterns_reconstruction_last: losses.at(-1)!,
    patterns_reconstruction_last_over_first: losses.at(-1)! / losses[0]!,
    patterns_picture_error: error,
    patterns_waiting_for_data_over_computing: times.waiting / times.computing,
  };
}

/**
 * Ablation study of the soft mask. For each arm and seed, it runs the last training phases of the tiny network. All runs begin
 * with the same weights and a newly drawn soft mask, and use the same clips in the same order. Results are saved after every
 * arm, so that a stopped run can resume.
 *
 * Each arm is compared with the arm 'both' of the same seeds on the same validation clips: the difference in UAR, with a
 * bootstrap interval over people.
 *
 * Usage: ablations.ts SET FROM OUT [STEPS] [SEED,SEED…] [ARM,ARM…] [BUDGET,BUDGET…]
 *   SET   rendered set (adatosk synthesize)
 *   FROM  model.onnx whose encoder was trained on single slots, without a soft mask (adatosk train --frames)
 *   OUT   folder for ablations.json
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Estimate, Prediction } from '../src/shared/statistics/recognition.ts';
import { bootstrap, uarOf } from '../src/shared/statistics/recognition.ts';
import { mean } from '../src/shared/basics/mean.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { clipShape } from '../src/main/adatosk/model/clip-shape.ts';
import { LiveNetwork } from '../src/main/adatosk/training/live-network.ts';
import { readOnnx } from '../src/main/adatosk/onnx/file.ts';
import { SIZES } from '../src/main/adatosk/model/config.ts';
import { cachedClips } from '../src/main/training/data/cached-clips.ts';
import { openSource } from '../src/main/training/data/clip-source.ts';
import { readFaceSet } from '../src/main/training/data/face-set.ts';
import { predict, logLossAtBest } from '../src/main/training/evaluation/prediction.ts';
import { averageKeeps, BUDGETS as TRAINED_BUDGETS, LABEL_SMOOTHING, planOf, WEIGHT_DECAY } from '../src/main/training/trainer/plan.ts';
import { train } from '../src/main/training/trainer/trainer.ts';

interface Arm {
  readonly mask: 'both' | 'class-agnostic' | 'class-semantic' | 'none';
  readonly blocksBeforeMask: number;
  /** Share of the steps that belong to the joint phase, before fine-tuning. */
  readonly joint: number;
  /** Weight of the reconstruction loss in the joint phase. */
  readonly reconstruction: number;
}

const REFERENCE: Arm = { mask: 'both', blocksBeforeMask: SIZES.tiny.blocksBeforeMask, joint: 0, reconstruction: 0.5 };
const ARMS: Readonly<Record<string, Arm>> = {
  both: REFERENCE,
  none: { ...REFERENCE, mask: 'none' },
  'class-agnostic': { ...REFERENCE, mask: 'class-agnostic' },
  'class-semantic': { ...REFERENCE, mask: 'class-semantic' },
  'after-4-blocks': { ...REFERENCE, blocksBeforeMask: 4 },
  'after-1-block': { ...REFERENCE, blocksBeforeMask: 1 },
  joint: { ...REFERENCE, joint: 0.5 },
  'joint-without-reconstruction': { ...REFERENCE, joint: 0.5, reconstruction: 0 },
};
/** sigmoid(20) is nearly 1 in single precision, and its gradient nearly 0. The value fixes the mask to one part, or to weight 1 for every token. */
const ALL = 20;
const FIXED: Readonly<Record<Arm['mask'], Readonly<Record<string, number>>>> = {
  both: {},
  'class-agnostic': { 'mask.balance': ALL },
  'class-semantic': { 'mask.balance': -ALL },
  none: { 'mask.balance': -ALL, 'mask.semantic.gain': -ALL, 'mask.semantic.bias': ALL },
};
const BATCH = 32;
const RATE = 5e-4;
const VALIDATION_CLIPS = 500;

interface Result {
  readonly arm: string;
  readonly seed: number;
  readonly clips: number;
  readonly seconds: number;
  /** Results by token budget. The log loss is that after calibration with the fitted temperature. */
  readonly budgets: { readonly tokenBudget: number; readonly uar: number; readonly logLoss: number; readonly predictions: readonly Prediction[] }[];
}

const [set, from, out, steps = '64', seeds = '1', arms = Object.keys(ARMS).join(','), predictedAt = '0.25,0.4,0.7,1'] = process.argv.slice(2) as [
  string,
  string,
  string,
  ...string[],
];
await mkdir(out, { recursive: true });
const file = join(out, 'ablations.json');
const results = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Result[]) : [];
const { weights } = readOnnx(await readFile(from));
const { clips } = await readFaceSet(set);
const side = SIZES.tiny.cropSide;
const training = clips.filter(({ row }) => row.split === 'train').map(({ clip }) => clip);
const validation = clips.filter(({ row }) => row.split === 'validation').slice(0, VALIDATION_CLIPS);
const people = validation.map(({ row }) => row.participant);
const validationSource = await openSource(
  cachedClips(
    side,
    validation.map(({ clip }) => clip),
  ),
);
for (const seed of seeds.split(',').map(Number))
  for (const name of arms.split(',')) {
    if (results.some((each) => each.arm === name && each.seed === seed)) continue;
    results.push(await run(name, ARMS[name]!, seed));
    await writeFile(file, `${JSON.stringify(results)}\n`);
  }
for (const name of new Set(results.map(({ arm }) => arm))) process.stdout.write(`${reportOf(name)}\n`);

async function run(name: string, arm: Arm, seed: number): Promise<Result> {
  const size = { ...SIZES.tiny, blocksBeforeMask: arm.blocksBeforeMask };
  const jointSteps = Math.round(arm.joint * Number(steps));
  const phases = planOf({
    size,
    batch: BATCH,
    learns: 'all',
    reconstruction: arm.reconstruction,
    matrices: 'muon',
    steps: { joint: jointSteps, 'fine-tuning': Number(steps) - jointSteps },
    units: training[0]!.units?.width ?? 0,
  });
  const folder = await mkdtemp(join(tmpdir(), 'adatosk-ablation-'));
  const total = phases.reduce((sum, phase) => sum + phase.steps, 0);
  const tokenBudget = arm.mask === 'none' ? ([1, 1] as const) : TRAINED_BUDGETS;
  const outcome = await train(
    {
      phases,
      peakRate: RATE,
      optimiser: { weightDecay: WEIGHT_DECAY, layerDecay: 1, averageKeeps: averageKeeps(total) },
      batches: { seed, augmentation: 'light', tokenBudget, labelSmoothing: LABEL_SMOOTHING },
      source: cachedClips(side, training),
      validation: null,
      validateEvery: total,
      patience: 1,
      tokenBudget: size.defaultTokenBudget,
    },
    { folder, provider: 'cpu', threads: 2, checkpointEverySeconds: 3600, resume: false, weights: (parameter) => firstValues(parameter, arm) },
    { onSteps: ({ step }) => process.stderr.write(`\r${name}, seed ${seed}: ${step}/${total} `), onValidation: () => undefined },
    new AbortController().signal,
  );
  await rm(folder, { recursive: true, force: true });
  const network = await LiveNetwork.load(size, outcome.store, 'average', 'cpu', 2);
  const budgets: Result['budgets'] = [];
  for (const budget of arm.mask === 'none' ? [1] : predictedAt.split(',').map(Number)) {
    const predictions = await predict(network, clipShape(side), validationSource, [...validationSource.clips.keys()], { tokenBudget: budget, windows: 1 });
    budgets.push({ tokenBudget: budget, uar: uarOf(predictions), logLoss: logLossAtBest(predictions), predictions });
  }
  await network.release();
  return { arm: name, seed, clips: total * BATCH, seconds: outcome.seconds, budgets };
}

/** Initial values of a parameter: from FROM, except for the soft mask, whose parameters are drawn or fixed. */
function firstValues(parameter: string, { mask }: Arm): Float32Array | undefined {
  const fixed = FIXED[mask][parameter];
  if (fixed !== undefined) return Float32Array.of(fixed);
  return parameter.startsWith('mask.') ? undefined : weights.get(parameter)?.values;
}

/** The report on an arm: for each token budget the mean UAR and log loss of its seeds, and the difference from 'both' with the same seeds. */
function reportOf(arm: string): string {
  const own = results.filter((each) => each.arm === arm);
  const reference = results.filter((each) => each.arm === 'both');
  const parts = own[0]!.budgets.map(({ tokenBudget }) => {
    const at = (result: Result | undefined): Result['budgets'][number] | undefined => result?.budgets.find((each) => each.tokenBudget === tokenBudget);
    const all = own.flatMap((result) => at(result) ?? []);
    const pairs = own.flatMap((result) => {
      const [ours, theirs] = [at(result), at(reference.find(({ seed }) => seed === result.seed))];
      return ours === undefined || theirs === undefined ? [] : pairsOf(theirs.predictions, ours.predictions);
    });
    const uars = all.map(({ uar }) => uar);
    const range = uars.length === 1 ? '' : ` (seeds ${uars.map((uar) => uar.toFixed(3)).join(', ')})`;
    const difference = arm === 'both' || pairs.length === 0 ? '' : `, ${signed(differenceOf(pairs))} against both`;
    return `  at ${tokenBudget}: UAR ${mean(uars).toFixed(3)}${range}, log loss ${mean(all.map(({ logLoss }) => logLoss)).toFixed(3)}${difference}`;
  });
  return [`${arm}, ${own.length} seeds of ${own[0]!.clips} clips`, ...parts].join('\n');
}

interface Pair {
  readonly person: string;
  readonly first: Prediction;
  readonly second: Prediction;
}

function pairsOf(first: readonly Prediction[], second: readonly Prediction[]): Pair[] {
  return first.map((each, i) => ({ person: people[i] ?? '', first: each, second: second[i]! }));
}

/** The increase in UAR from the first to the second predictions for the same clips. The bootstrap draws each person with the predictions of all seeds. */
function differenceOf(pairs: readonly Pair[]): Estimate {
  const units = [...Map.groupBy(pairs, ({ person }) => person).values()];
  return bootstrap(units, (drawn) => uarOf(drawn.map(({ second }) => second)) - uarOf(drawn.map(({ first }) => first)), randomStream(1, 'ablations'));
}

function signed({ value, low, high }: Estimate): string {
  const number = (each: number | null): string => (each === null ? '–' : `${each < 0 ? '' : '+'}${each.toFixed(3)}`);
  return `${number(value)} (${number(low)} to ${number(high)})`;
}

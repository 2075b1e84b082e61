import type { Command } from 'commander';
import { sentenceOfFact } from '../../../../shared/app/facts.ts';
import { InvalidArgumentError, Option } from 'commander';
import { join } from 'node:path';
import type { Device } from '../../../services/settings/defaults.ts';
import { startChildProcessEngine } from '../../../services/studio/processes.ts';
import { allThreads, MODEL_SIZES, TRAINING_DEVICES } from '../../../services/settings/defaults.ts';
import type { TrainOutcome, TrainRequest } from '../../../services/training/train-model.ts';
import { numberBetween, wholeBetween } from '../terminal/options.ts';
import { duration, EXIT, Output, stopOnRequest } from '../terminal/output.ts';
import { TaskLine } from '../terminal/progress-line.ts';

interface TrainOptions {
  data: string;
  fold?: number;
  out: string;
  from?: string;
  size: TrainRequest['size'];
  unlabelled?: string;
  held?: string;
  matrices?: 'adamw' | 'muon';
  layerDecay?: number;
  learns: TrainRequest['learns'];
  augmentation: TrainRequest['augmentation'];
  seed: number;
  batch: number;
  rate?: number;
  epochs?: [number, number, number];
  frames: number;
  stills: number;
  validationShare: number;
  patience: number;
  device: Device;
  threads: number;
  resume: boolean;
  checkpointEvery: number;
  faces?: string;
  cacheLimit: number;
  json: boolean;
}

const SETS = `
Clip sets:
  a folder with a folder for each class (happiness, sadness, neutral, anger, surprise, disgust, fear)
  a table with lines of 'path label', label a class or its number from 0 to 6
  a CSV with a header: path, label, and if known start_s, end_s (a span of the video), onset_s, apex_s, offset_s,
    participant, group, split (train, validation, test)
  a folder with train.csv, val.csv and test.csv
  DFEW, FERV39k, MAFW, RAVDESS or CREMA-D in the layout of their authors; --fold chooses the fold that tests
Nobody may be in two splits. Without splits, people (or videos) are drawn for validation.`;

export function addTrain(program: Command, done: (code: number) => void): void {
  program
    .command('train')
    .description('train or fine-tune a model on labelled clips on this computer')
    .requiredOption('--data <set>', 'the clip set (see below)')
    .option('--fold <n>', 'of a public set: the fold that tests (see below)', wholeBetween(1, 100))
    .requiredOption('--out <folder>', 'folder for the model; must not contain a model')
    .option('--from <model>', 'start from the weights of this model (id or folder) instead of random weights')
    .addOption(new Option('--size <name>', 'size of a new model').choices(MODEL_SIZES).default('tiny'))
    .option('--unlabelled <set>', 'more videos, without labels, for the self-supervised branch')
    .option('--held <set>', 'more clips that show their label all the time, such as photographs of faces')
    .addOption(
      new Option('--learns <part>', 'parts that learn in fine-tuning (default: by the size of the set); units: the head for action units alone')
        .choices(['auto', 'all', 'head', 'units'])
        .default('auto'),
    )
    .addOption(new Option('--augmentation <kind>', 'strength of data augmentation').choices(['faces', 'light', 'none']).default('faces'))
    .option('--seed <n>', 'random seed; the same seed gives the same losses on one computer', wholeBetween(0, 2 ** 31 - 1), 1)
    .addOption(new Option('--matrices <rule>', 'optimiser of the matrices (default: muon from random weights, else adamw)').choices(['adamw', 'muon']))
    .option('--layer-decay <share>', 'share of the rate that each layer has of the one above (default: 0.75 with --from, else 1)', numberBetween(0.1, 1))
    .option('--batch <n>', 'clips in a step', wholeBetween(1, 1024), 16)
    .option('--rate <r>', 'peak learning rate', numberBetween(1e-7, 0.1))
    .option('--epochs <a,b,c>', 'rounds through the set: self-supervised, both branches, fine-tuning on all tokens', readEpochs)
    .option('--frames <rounds>', 'with --epochs: rounds of frame pre-training before both branches (rendered sets only)', numberBetween(0, 1e5), 0)
    // The name of --frames before version 0.2.
    .addOption(new Option('--stills <rounds>').argParser(numberBetween(0, 1e5)).default(0).hideHelp())
    .option('--validation-share <share>', 'share of the participants for validation, if the set has no splits', numberBetween(0, 0.5), 0.15)
    .option('--patience <n>', 'stop after this number of validations without an improvement', wholeBetween(1, 10000), 12)
    .addOption(new Option('--device <name>', 'device that runs the network').choices(TRAINING_DEVICES).default('auto'))
    .option('--threads <n>', 'processor threads', wholeBetween(1, 256), allThreads())
    .option('--resume', 'continue a training that was stopped or killed', false)
    .option('--checkpoint-every <s>', 'seconds between checkpoints', numberBetween(1, 86400), 180)
    .option('--faces <folder>', 'keep the aligned faces in this folder (default: they are deleted at the end)')
    .option('--cache-limit <GB>', 'limit of the disk space for aligned faces', numberBetween(0.01, 100000), 20)
    .option('--json', 'print one JSON object as the last line of standard output', false)
    .addHelpText('after', SETS)
    .action(async (options: TrainOptions) => done(await train(options)));
}

function readEpochs(text: string): [number, number, number] {
  const numbers = text.split(',').map(Number);
  if (numbers.length !== 3 || numbers.some((n) => !Number.isFinite(n) || n < 0 || n > 1e5))
    throw new InvalidArgumentError('It must be three numbers, for example 10,30,10.');
  return numbers as [number, number, number];
}

async function train(options: TrainOptions): Promise<number> {
  const output = new Output(options.json);
  const line = new TaskLine();
  const signal = stopOnRequest();
  // Imported on demand: it loads an image library that other commands do not need.
  const { trainModel } = await import('../../../services/training/train-model.ts');
  const outcome = await trainModel(
    requestOf(options),
    startChildProcessEngine,
    {
      onPrepare: (finished, total, name) => line.update('finding faces', `${finished + 1}/${total}  ${name}`),
      onNote: (note) => line.stay(sentenceOfFact(note)),
      onSteps: ({ phase, step, total, losses, clipsPerSecond, secondsLeft }) =>
        line.update(phase, `${step}/${total}  loss ${losses['loss']?.toFixed(3)}  ${clipsPerSecond.toFixed(1)} clips/s  ${duration(secondsLeft)} left`),
      onValidation: ({ step, uar, war, logLoss, isBest }) =>
        line.stay(`step ${step}: validation UAR ${uar.toFixed(3)}, WAR ${war.toFixed(3)}, log loss ${logLoss.toFixed(3)}${isBest ? ', the best so far' : ''}`),
    },
    signal,
  );
  line.clear();
  return conclude(outcome, output);
}

function requestOf(options: TrainOptions): TrainRequest {
  const { epochs } = options;
  return {
    ...options,
    from: options.from ?? null,
    unlabelled: options.unlabelled ?? null,
    held: options.held ?? null,
    matrices: options.matrices ?? null,
    layerDecay: options.layerDecay ?? null,
    rate: options.rate ?? null,
    epochs:
      epochs === undefined
        ? null
        : { 'self-supervised': epochs[0], frames: Math.max(options.frames, options.stills), joint: epochs[1], 'fine-tuning': epochs[2] },
    faces: options.faces ?? null,
    cacheLimit: options.cacheLimit * 1e9,
    checkpointEverySeconds: options.checkpointEvery,
  };
}

function conclude(outcome: TrainOutcome, output: Output): number {
  const { out, clips, steps, seconds, best, stoppedEarly, stopped, temperature, provider, sha256 } = outcome;
  const object = {
    out,
    clips,
    steps,
    seconds,
    bestStep: best?.step ?? null,
    validationUar: best?.uar ?? null,
    stoppedEarly,
    stopped,
    temperature,
    device: provider,
    sha256,
  };
  if (stopped) {
    output.result(object, `Stopped after ${steps} steps. Run the same command with --resume to go on.`);
    return EXIT.interrupted;
  }
  output.line(`${steps} steps in ${duration(seconds)} on ${provider}${stoppedEarly ? '; stopped early: no better validation for a while' : ''}`);
  if (best !== null)
    output.line(
      `best validation at step ${best.step}: UAR ${best.uar.toFixed(3)}, log loss ${best.logLoss.toFixed(3)}; logits divided by ${temperature.toFixed(2)}`,
    );
  output.line(`curve in ${join(out, 'training', 'metrics.jsonl')}`);
  output.result(object, `The model is in ${out}. Try: adatosk analyze VIDEOS --out DIR --model ${JSON.stringify(out)}`);
  return EXIT.done;
}

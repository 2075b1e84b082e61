/**
 * Makes a published model again from its lineage (models/ID/training.json): draws the clip sets, chooses the clips of each
 * training, and trains, in the recorded order. Values that were not recorded are the defaults of the commands, and each is
 * printed: the weights will be alike, not the same.
 *
 * Usage: replay-training.ts LINEAGE --face-model FOLDER --portraits FOLDER --out FOLDER [--run]
 *   Without --run it prints the commands and does nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FaceClip, FaceSet } from '../src/shared/domain/face-set.ts';
import { FACE_SET_FILE, faceSetSchema } from '../src/shared/domain/face-set.ts';
import type { LineageSet, LineageTraining } from '../src/shared/domain/lineage.ts';
import { lineageSchema } from '../src/shared/domain/lineage.ts';
import { randomStream } from '../src/shared/basics/random.ts';
import { findModel } from '../src/main/adatosk/runtime/models.ts';
import { startNetwork } from '../src/main/adatosk/runtime/providers.ts';
import { startChildProcessEngine } from '../src/main/services/studio/processes.ts';
import { cachedClips } from '../src/main/training/data/cached-clips.ts';
import { openSource } from '../src/main/training/data/clip-source.ts';
import { readFaceSet } from '../src/main/training/data/face-set.ts';
import { predict } from '../src/main/training/evaluation/prediction.ts';

const CLI = join(import.meta.dirname, '..', 'src', 'main', 'hosts', 'cli', 'adatosk.ts');
/** What `hard` means in a selection (shared/domain/lineage.ts). */
const HARD = { strengthBelow: 0.5, yawAbove: 20 } as const;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'face-model': { type: 'string' }, portraits: { type: 'string' }, out: { type: 'string' }, run: { type: 'boolean', default: false } },
});
const { 'face-model': faceModel = 'FACE_MODEL', portraits = 'PORTRAITS', out = 'OUT', run } = values;
const lineage = lineageSchema.parse(JSON.parse(await readFile(positionals[0] ?? 'models/adatosk-tiny/training.json', 'utf8')));
const setFolder = (seed: number): string => join(out, 'sets', String(seed));
const photographs = join(out, 'sets', 'photographs');
const trainedFolder = ({ run: name }: LineageTraining): string => join(out, `run-${name}`, lineage.model);
/** The weights with which the next training begins. */
const modelFolder = (training: LineageTraining): string =>
  training.averagedShare === undefined ? trainedFolder(training) : join(out, `run-${training.run}-averaged`, lineage.model);

for (const set of lineage.sets) adatosk(synthesizeArguments(set));
adatosk(['synthesize', '--kind', 'photographs', '--face-model', faceModel, '--portraits', portraits, '--out', photographs]);
for (const [i, training] of lineage.trainings.entries()) {
  const before = lineage.trainings[i - 1];
  const data = join(out, `run-${training.run}`, 'clips');
  print(`# run ${training.run}: ${training.selection.map((each) => JSON.stringify(each)).join(' ')} -> ${data}`);
  if (run) await chooseClips(training, data, before === undefined ? null : modelFolder(before));
  adatosk(trainArguments(training, data, before === undefined ? null : modelFolder(before)));
  if (training.averagedShare !== undefined && before !== undefined) average(before, training, training.averagedShare);
}
print(`# then: scripts/publish-default-model.ts ${modelFolder(lineage.trainings.at(-1)!)} ${setFolder(1)} ${join(photographs, 'clips.csv')} CONDITIONS`);

function synthesizeArguments({ seed, clips, classes, condition, ...shares }: LineageSet): string[] {
  const chances = (['blended', 'toned', 'subdued', 'varied', 'lined', 'displays'] as const).flatMap((name) => {
    if (shares[name] === null) print(`# seed ${seed}: --${name} was not recorded; 0 is used`);
    return shares[name] === null || shares[name] === 0 ? [] : [`--${name}`, String(shares[name])];
  });
  return [
    ...['synthesize', '--seed', String(seed), '--face-model', faceModel, '--portraits', portraits, '--out', setFolder(seed)],
    ...['--train', String(clips.train), '--validation', String(clips.validation), '--test', String(clips.test), '--condition', condition],
    ...(classes === undefined ? [] : ['--classes', ...classes]),
    ...chances,
  ];
}

function trainArguments(training: LineageTraining, data: string, from: string | null): string[] {
  const { draws, clips, augmentation, matrices, rate, batch, seed, photographs: withPhotographs } = training;
  const rounds = (phase: LineageTraining['draws'][number]['phase']): string => {
    const drawn = draws.find((each) => each.phase === phase)?.clips;
    // A phase whose draws were not recorded takes one round.
    return drawn === undefined ? '0' : (drawn === null || clips === null ? 1 : drawn / clips).toFixed(2);
  };
  const given = (name: string, value: string | number | null): string[] => {
    if (value === null) print(`# run ${training.run}: --${name} was not recorded; its default is used`);
    return value === null ? [] : [`--${name}`, String(value)];
  };
  return [
    ...['train', '--data', data, '--out', trainedFolder(training), '--size', lineage.size],
    ...(from === null ? [] : ['--from', from, '--learns', training.learns ?? 'all']),
    ...['--epochs', ['self-supervised', 'joint', 'fine-tuning'].map((phase) => rounds(phase as 'joint')).join(','), '--frames', rounds('frames')],
    ...['--layer-decay', '1', ...given('augmentation', augmentation), ...given('matrices', matrices), ...given('rate', rate), ...given('batch', batch)],
    ...given('seed', seed),
    ...(withPhotographs === true ? ['--held', join(photographs, 'clips.csv')] : []),
  ];
}

/** Writes a set of aligned faces that holds the chosen training clips, and the validation and test clips of the first set, as links. */
async function chooseClips({ run: name, selection }: LineageTraining, data: string, weights: string | null): Promise<void> {
  if (existsSync(join(data, FACE_SET_FILE))) return;
  await mkdir(join(data, 'clips'), { recursive: true });
  const chosen: FaceClip[] = [];
  let head: FaceSet | undefined;
  for (const seed of new Set([lineage.sets[0]!.seed, ...selection.flatMap(({ seeds }) => seeds)])) {
    const set = faceSetSchema.parse(JSON.parse(await readFile(join(setFolder(seed), FACE_SET_FILE), 'utf8')));
    head ??= set;
    const rules = selection.filter(({ seeds }) => seeds.includes(seed));
    const needsProbability = rules.some(({ clips }) => clips.probabilityBelow !== undefined);
    const probabilities = needsProbability && weights !== null ? await probabilitiesOf(seed, weights) : new Map<string, number>();
    const draw = randomStream(seed, `run ${name}`);
    for (const clip of set.clips) {
      const isFirst = seed === lineage.sets[0]!.seed;
      const truth = JSON.parse(await readFile(join(setFolder(seed), 'clips', `${clip.name}.json`), 'utf8')) as Truth;
      const share = clip.split === 'train' ? shareOf(rules, clip, truth, probabilities.get(clip.name)) : isFirst ? 1 : 0;
      if (draw() >= share) continue;
      const renamed = `s${seed}-${clip.name}`;
      for (const ending of ['.jpegs', '.json']) await link(join(setFolder(seed), 'clips', clip.name + ending), join(data, 'clips', renamed + ending));
      chosen.push({ ...clip, name: renamed });
    }
  }
  await writeFile(join(data, FACE_SET_FILE), JSON.stringify({ ...head!, clips: chosen } satisfies FaceSet));
}

interface Truth {
  readonly strength: number;
  readonly covered: boolean;
  /** Yaw, pitch and roll of each sample, degrees. */
  readonly pose: readonly (readonly [number, number, number])[];
}

/** The share that is taken of clips like this one: of the first rule that fits; a share that was not recorded counts as 1. */
function shareOf(rules: LineageTraining['selection'], clip: FaceClip, { strength, covered, pose }: Truth, probability: number | undefined): number {
  const isHard = covered || strength < HARD.strengthBelow || pose.some(([yaw]) => Math.abs(yaw) > HARD.yawAbove);
  const rule = rules.find(
    ({ clips }) =>
      (clips.label === undefined || clips.label === clip.label) &&
      (clips.hard !== true || isHard) &&
      (clips.strengthBelow === undefined || strength < clips.strengthBelow) &&
      (clips.probabilityBelow === undefined || (probability ?? 0) < clips.probabilityBelow),
  );
  return rule === undefined ? 0 : (rule.share ?? 1);
}

/** Probability that some weights give to the true class of each training clip of a set. */
async function probabilitiesOf(seed: number, weights: string): Promise<Map<string, number>> {
  const model = await findModel(weights);
  const { clips } = await readFaceSet(setFolder(seed));
  const training = clips.filter(({ row }) => row.split === 'train' && row.label !== null);
  const { engine, network } = await startNetwork(startChildProcessEngine, model, 'cpu', 2);
  try {
    const shape = model.manifest.clip;
    const source = await openSource(
      cachedClips(
        shape.height,
        training.map(({ clip }) => clip),
      ),
    );
    const options = { tokenBudget: model.manifest.defaultTokenBudget, windows: 1 };
    const predictions = await predict(network, shape, source, [...training.keys()], options);
    return new Map(training.map(({ row }, i) => [row.sha256, predictions[i]!.probabilities[row.label!]!]));
  } finally {
    engine.stop();
  }
}

function average(first: LineageTraining, second: LineageTraining, share: number): void {
  const args = [join(import.meta.dirname, 'average-weights.ts'), modelFolder(first), trainedFolder(second), String(share), modelFolder(second)];
  print(`node ${args.join(' ')}`);
  if (run && spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) throw new Error('the weights cannot be averaged');
}

function adatosk(args: readonly string[]): void {
  print(`npx adatosk ${args.map((each) => (/^[\w./,=-]+$/.test(each) ? each : JSON.stringify(each))).join(' ')}`);
  if (!run) return;
  const { status } = spawnSync(process.execPath, [CLI, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`adatosk ${args[0]} ended with ${status}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { StudioError, writeError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Provider } from '../../adatosk/runtime/engine-messages.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { ensureModelFile, findModel, modelIdFrom, refuseToOverwriteModel } from '../../adatosk/runtime/models.ts';
import type { Device } from '../../adatosk/runtime/providers.ts';
import type { SizeName } from '../../adatosk/model/config.ts';
import { SAMPLES_PER_SECOND, SIZES } from '../../adatosk/model/config.ts';
import type { AugmentationKind } from '../../training/data/augmentation.ts';
import { cachedClips } from '../../training/data/cached-clips.ts';
import { removeCheckpoint } from '../../training/trainer/checkpoint.ts';
import { refuse } from '../../training/data/clip-set.ts';
import type { SampleValues } from '../../training/data/clip-source.ts';
import { sampleValues } from '../../training/data/clip-source.ts';
import type { PhaseName } from '../../training/trainer/plan.ts';
import { averageKeeps, BUDGETS, LABEL_SMOOTHING, planOf, WEIGHT_DECAY } from '../../training/trainer/plan.ts';
import type { SplitRows } from '../../training/data/splits.ts';
import { hasUnitsAlone } from '../../training/data/sampling.ts';
import { hasSeveralClasses, refuseOneClass, splitRows, unitOf } from '../../training/data/splits.ts';
import type { TrainerEvents, TrainingJob } from '../../training/trainer/trainer.ts';
import type { TrainerStarter, TrainerSummary, TrainerTask } from '../../training/trainer/trainer-messages.ts';
import { trainInProcess } from '../../training/trainer/trainer-process.ts';
import type { OpenClipSet, PreparedClip, PrepareProgress } from '../analysis/prepare-clips.ts';
import { openClipSet } from '../analysis/prepare-clips.ts';
import { inTrainingUnits, trainingUnits } from './training-units.ts';

export interface TrainRequest {
  readonly data: string;
  /** Fold of a public set that tests; null or absent for its first one, or for none where people are divided. */
  readonly fold?: number | null;
  /** Path of an additional set without labels for self-supervised training, or null. */
  readonly unlabelled: string | null;
  /** Path of an additional set whose clips show their label in every sample, such as photographs, or null. */
  readonly held: string | null;
  readonly out: string;
  /** Model with the initial weights; null means random weights of `size`. */
  readonly from: string | null;
  readonly size: SizeName;
  /** 'units': the head for action units alone, also where the set has expressions. */
  readonly learns: 'auto' | 'all' | 'head' | 'units';
  /** Kind of data augmentation. */
  readonly augmentation: AugmentationKind;
  /** Layer-wise decay of the learning rate: factor from each layer to the one below. Null means 0.75 in fine-tuning, else 1. */
  readonly layerDecay: number | null;
  /** Optimiser for the matrices of the blocks. Null means Muon for random weights and AdamW in fine-tuning. */
  readonly matrices: 'adamw' | 'muon' | null;
  readonly seed: number;
  readonly batch: number;
  /** Peak learning rate; null means the default for the trained parameters. */
  readonly rate: number | null;
  /** Epochs by phase; null means the defaults for the trained parameters. */
  readonly epochs: Readonly<Record<PhaseName, number>> | null;
  readonly validationShare: number;
  readonly patience: number;
  readonly device: Device;
  readonly threads: number;
  readonly resume: boolean;
  readonly checkpointEverySeconds: number;
  /** Permanent folder for aligned faces; null means a temporary folder. */
  readonly faces: string | null;
  readonly cacheLimit: number;
}

export interface TrainRequestEvents extends TrainerEvents {
  readonly onPrepare: PrepareProgress;
  /** Reports automatic decisions. */
  readonly onNote: (note: Notice) => void;
}

export interface TrainOutcome extends TrainerSummary {
  readonly out: string;
  readonly clips: Readonly<Record<'train' | 'validation' | 'test' | 'unlabelled', number>>;
}

/** With fewer labelled clips, training all weights would overfit. */
const CLIPS_FOR_ALL_WEIGHTS = 200;
const SCRATCH_EPOCHS: Record<PhaseName, number> = { 'self-supervised': 10, frames: 4, joint: 30, 'fine-tuning': 10 };
const FINE_TUNE_EPOCHS: Record<PhaseName, number> = { 'self-supervised': 0, frames: 0, joint: 10, 'fine-tuning': 10 };
const HEAD_EPOCHS: Record<PhaseName, number> = { 'self-supervised': 0, frames: 0, joint: 0, 'fine-tuning': 30 };
/** Learning rates. The head has few weights and tolerates a high rate. */
const RATES = { scratch: 5e-4, all: 2e-4, head: 1e-3, units: 1e-3 } as const;
/** In fine-tuning, the layers near the input change least (MAE-DFER: 0.75). With random weights, all layers use the same rate. */
const LAYER_DECAY = { scratch: 1, all: 0.75, head: 1, units: 1 } as const;
const VALIDATIONS = 30;

/**
 * Trains or fine-tunes a model on a clip set and writes it to a folder. Existing models are never overwritten.
 * @throws StudioError for an unusable set (lists the invalid rows), an output folder with a model, a full disk and others
 */
export async function trainModel(
  request: TrainRequest,
  start: EngineStarter,
  events: TrainRequestEvents,
  signal: AbortSignal,
  startTrainer?: TrainerStarter,
): Promise<TrainOutcome> {
  const out = resolve(request.out);
  refuseToOverwrite(out, request.resume);
  const from = request.from === null ? null : await findModel(request.from);
  if (from !== null) await ensureModelFile(from);
  const size = SIZES[from?.manifest.size ?? request.size];
  const set = await openClipSet(request.data, signal, request.fold);
  const split = splitRows(request.data, set.rows, request.seed, request.validationShare);
  if (request.learns === 'units' && (set.actionUnits === null || from === null)) throw new StudioError('wrong-usage/no-units', { data: request.data });
  const learnsUnitsAlone = set.actionUnits !== null && from !== null && (request.learns === 'units' || !hasSeveralClasses(split.train));
  if (!learnsUnitsAlone) refuseOneClass(request.data, split.train);
  const unlabelledSet = request.unlabelled === null ? null : await openClipSet(request.unlabelled, signal);
  await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw writeError(out, error);
  });
  const faces = request.faces ?? join(out, 'training', 'faces');
  const options = { faces, limit: request.cacheLimit, side: size.cropSide, rate: SAMPLES_PER_SECOND };
  const selected = [...split.train, ...split.validation];
  const prepared = await set.prepare(selected, options, start, events.onPrepare, signal);
  const held = request.held === null ? [] : await heldClips(request.held, split, options, start, events.onPrepare, signal);
  const unlabelled = (await unlabelledSet?.prepare(unlabelledSet.rows, options, start, events.onPrepare, signal)) ?? [];
  const training = new Set(split.train);
  const own = prepared.filter(({ row }) => training.has(row)).map((each) => (learnsUnitsAlone ? withoutLabel(each) : each));
  const units = trainingUnits(
    own.map(({ clip }) => clip),
    set.actionUnits,
    from?.manifest.actionUnits,
  );
  const clips = {
    train: withHeld(
      own.map(({ row, clip }) => ({ row, clip: inTrainingUnits(clip, set.actionUnits, units) })),
      held,
    ),
    validation: learnsUnitsAlone ? [] : prepared.filter(({ row }) => !training.has(row) && row.label !== null),
    unlabelled: unlabelled.map(({ row, clip }) => ({ row, clip: { ...clip, label: null, units: null } })),
  };
  const labelled = new Set(clips.train.filter(({ clip }) => clip.label !== null || hasUnitsAlone(clip))).size;
  const learns = learnsUnitsAlone ? 'units' : chooseWhatLearns(request, labelled, events.onNote);
  if (learns === 'units' && request.learns !== 'units') events.onNote(notice('train/units', { clips: labelled }));
  reportSplit(split, clips.validation.length, events.onNote);
  const job = jobOf(request, learns, from, size.name, { ...clips, units }, labelled);
  const task: TrainerTask = {
    job,
    folder: join(out, 'training'),
    providers: providersFor(request.device),
    threads: request.threads,
    checkpointEverySeconds: request.checkpointEverySeconds,
    resume: request.resume,
    from: from?.file ?? null,
    exportTo: out,
    facts: { ...factsOf(request, out, size.name, from, labelled, clips, learns), ...unitsFact(job, units, from) },
  };
  const summary = await trainInProcess(task, events, signal, startTrainer);
  if (!summary.stopped) {
    await removeCheckpoint(task.folder);
    if (request.faces === null) await rm(faces, { recursive: true, force: true });
  }
  return {
    ...summary,
    out,
    clips: {
      train: labelled,
      validation: clips.validation.length,
      test: split.test.length,
      unlabelled: clips.unlabelled.length + clips.train.length - labelled,
    },
  };
}

/**
 * Prepares the training clips of an additional set whose clips show their label in every sample.
 * @throws StudioError 'data-set-invalid' if one of their people is in another split of the first set
 */
async function heldClips(
  path: string,
  { validation, test }: SplitRows,
  options: Parameters<OpenClipSet['prepare']>[1],
  ...rest: [EngineStarter, PrepareProgress, AbortSignal]
): Promise<PreparedClip[]> {
  const set = await openClipSet(path, rest[2]);
  const others = new Set([...validation, ...test].map(unitOf));
  const rows = set.rows.filter((row) => row.label !== null && (row.split ?? 'train') === 'train');
  refuse(
    'data-set-invalid/held-leak',
    path,
    rows
      .filter((row) => others.has(unitOf(row)))
      .map(({ from, participant }) => (participant === null ? notice('split/held-video', { from }) : notice('split/held-participant', { from, participant }))),
  );
  const clips = await set.prepare(rows, options, ...rest);
  return clips.map(({ row, clip }) => ({
    row,
    clip: { ...clip, moments: null, units: null, augmentation: 'light' as const, shares: constantShares(row.label, clip.samples) },
  }));
}

/** Shares of the classes in each sample: 100 hundredths for the label. */
function constantShares(label: number | null, samples: number): SampleValues {
  return sampleValues(Array.from({ length: samples }, () => EXPRESSIONS.map((_, c) => (c === label ? 100 : 0))));
}

/** Held clips are few in comparison with a rendered set. They are repeated until they are this share of their class. */
const HELD_SHARE = 0.15;

/** How often each held clip of a class is repeated. @param others number of the other clips of the class */
export function heldRepetitions(held: number, others: number): number {
  return Math.max(1, Math.round((HELD_SHARE * others) / ((1 - HELD_SHARE) * held)));
}

function withHeld(clips: PreparedClip[], held: readonly PreparedClip[]): PreparedClip[] {
  const repeated = EXPRESSIONS.flatMap((_, label) => {
    const own = held.filter(({ row }) => row.label === label);
    const others = clips.filter(({ row }) => row.label === label).length;
    const times = own.length === 0 ? 0 : heldRepetitions(own.length, others);
    return Array.from({ length: times }, () => own).flat();
  });
  return [...clips, ...repeated];
}

const withoutLabel = ({ row, clip }: PreparedClip): PreparedClip => ({ row: { ...row, label: null }, clip: { ...clip, label: null, moments: null } });

function refuseToOverwrite(out: string, resume: boolean): void {
  refuseToOverwriteModel(out);
  if (!resume && existsSync(join(out, 'training', 'metrics.jsonl'))) throw new StudioError('wrong-usage/unfinished-training', { folder: out });
}

/** What learns: all weights from random ones, all weights of a model, its heads, or its head for action units. */
type Learning = 'scratch' | 'all' | 'head' | 'units';

function chooseWhatLearns({ learns, from }: TrainRequest, labelled: number, note: (note: Notice) => void): Learning {
  if (from === null) return 'scratch';
  if (learns !== 'auto') return learns;
  const head = labelled < CLIPS_FOR_ALL_WEIGHTS;
  note(head ? notice('train/head', { clips: labelled, limit: CLIPS_FOR_ALL_WEIGHTS }) : notice('train/all', { clips: labelled }));
  return head ? 'head' : 'all';
}

function reportSplit({ train, validation }: SplitRows, usable: number, note: (note: Notice) => void): void {
  if (train.every(({ participant }) => participant === null)) note(notice('train/no-participants', {}));
  const units = new Set(validation.map(unitOf)).size;
  const [first] = validation;
  if (first === undefined) note(notice('train/no-validation', {}));
  else if (first.participant === null) note(notice('train/validation-videos', { clips: usable, videos: units }));
  else note(notice('train/validation-people', { clips: usable, people: units }));
}

function jobOf(
  request: TrainRequest,
  learns: Learning,
  from: Model | null,
  sizeName: SizeName,
  clips: { train: PreparedClip[]; validation: PreparedClip[]; unlabelled: PreparedClip[]; units: readonly number[] },
  labelled: number,
): TrainingJob {
  const size = SIZES[sizeName];
  const all = [...clips.train, ...clips.unlabelled].map(({ clip }) => clip);
  const epochs = request.epochs ?? { scratch: SCRATCH_EPOCHS, all: FINE_TUNE_EPOCHS, head: HEAD_EPOCHS, units: HEAD_EPOCHS }[learns];
  // Heads are trained in the last phase only: they are not part of the reconstruction.
  const isHead = learns === 'head' || learns === 'units';
  const steps = (name: PhaseName, count: number): number =>
    epochs[name] === 0 || (isHead && name !== 'fine-tuning') ? 0 : Math.max(1, Math.ceil((epochs[name] * count) / request.batch));
  const hasSampleLabels = all.every(({ label, shares }) => label === null || (shares !== undefined && shares !== null));
  const phases = planOf({
    size,
    batch: request.batch,
    steps: {
      'self-supervised': steps('self-supervised', all.length),
      frames: hasSampleLabels ? steps('frames', labelled) : 0,
      joint: steps('joint', labelled),
      'fine-tuning': steps('fine-tuning', labelled),
    },
    learns: learns === 'scratch' ? 'all' : learns,
    reconstruction: 0.5,
    units: clips.units.length,
    matrices: request.matrices ?? (learns === 'scratch' ? 'muon' : 'adamw'),
  });
  if (phases.length === 0) throw new StudioError('wrong-usage/no-rounds', {});
  const total = phases.reduce((sum, phase) => sum + phase.steps, 0);
  return {
    phases,
    peakRate: request.rate ?? RATES[learns],
    optimiser: { weightDecay: WEIGHT_DECAY, layerDecay: request.layerDecay ?? LAYER_DECAY[learns], averageKeeps: averageKeeps(total) },
    batches: { seed: request.seed, augmentation: request.augmentation, tokenBudget: BUDGETS, labelSmoothing: LABEL_SMOOTHING },
    source: cachedClips(size.cropSide, all),
    validation:
      clips.validation.length === 0
        ? null
        : cachedClips(
            size.cropSide,
            clips.validation.map(({ clip }) => clip),
          ),
    validateEvery: Math.max(4, Math.round(total / VALIDATIONS)),
    patience: request.patience,
    tokenBudget: from?.manifest.defaultTokenBudget ?? size.defaultTokenBudget,
  };
}

/** The action units of the trained model: those that it learns; where there are none and only the heads learn, those of the first model. */
function unitsFact({ phases }: TrainingJob, units: readonly number[], from: Model | null): Pick<TrainerTask['facts'], 'actionUnits'> {
  const kept = phases.at(-1)?.settings.step.learns === 'head' ? from?.manifest.actionUnits : undefined;
  const [first, ...others] = (units.length === 0 ? kept : units) ?? [];
  return first === undefined ? {} : { actionUnits: [first, ...others] };
}

/** 'auto' tries CUDA on Linux, else it uses the CPU. Other GPU providers must be selected explicitly (docs/developer/training.md). */
function providersFor(device: Device): Provider[] {
  if (device !== 'auto') return [device];
  return process.platform === 'linux' ? ['cuda', 'cpu'] : ['cpu'];
}

function factsOf(
  { data, from: fromName, seed }: TrainRequest,
  out: string,
  size: SizeName,
  from: Model | null,
  labelled: number,
  clips: { train: PreparedClip[]; unlabelled: PreparedClip[] },
  learns: Learning,
): TrainerTask['facts'] {
  const counts = EXPRESSIONS.map((name, label) => `${name} ${clips.train.filter(({ row }) => row.label === label).length}`).join(', ');
  const people = new Set(clips.train.flatMap(({ row }) => (row.participant === null ? [] : [row.participant]))).size;
  const missing = EXPRESSIONS.filter((_, label) => !clips.train.some(({ row }) => row.label === label));
  const basis = from === null ? `random weights (seed ${seed})` : `${from.manifest.id} (SHA-256 ${from.manifest.sha256.slice(0, 12)}…)`;
  const what = { scratch: 'all weights', all: 'all weights', head: 'the head alone', units: 'the head for action units alone' }[learns];
  return {
    id: modelIdFrom(basename(out), 'adatosk-trained'),
    name: basename(out),
    size,
    trained: true,
    warnings: [
      ...(missing.length === 0 || learns === 'units' ? [] : [notice('model/missing-classes', { labels: missing })]),
      ...(people === 0 ? [notice('model/no-participants', {})] : []),
      ...(from === null ? [] : from.manifest.warnings),
    ],
    provenance: `Trained by its user with AdaTosk Studio on ${labelled} labelled clips of ${basename(data)}, beginning with ${basis}; ${what} learned.`,
    defaultTokenBudget: from?.manifest.defaultTokenBudget ?? SIZES[size].defaultTokenBudget,
    ...(from?.manifest.mirrored === undefined ? {} : { mirrored: from.manifest.mirrored }),
    // The heads alone do not change similarities.
    ...((learns !== 'head' && learns !== 'units') || from?.manifest.leastSimilarity === undefined ? {} : { leastSimilarity: from.manifest.leastSimilarity }),
    card: `## Data\n\n${labelled} labelled clips (${counts})${people === 0 ? '' : ` of ${people} participants`}, ${clips.unlabelled.length} further unlabelled ones.${fromName === null ? '' : ` Began with ${fromName}.`} Not for diagnosis or for decisions about people.`,
  };
}

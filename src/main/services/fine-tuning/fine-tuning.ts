import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FineTuningRequest, FineTuningState, Measured, TrainingMaterial } from '../../../shared/contract/training.ts';
import { fineTuningStateSchema } from '../../../shared/contract/training.ts';
import { StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Fact, Notice } from '../../../shared/app/facts.ts';
import { noticeOf, readFact } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { FineTuningOptions } from '../../../shared/domain/fine-tuning.ts';
import { fineTuningOptionsSchema } from '../../../shared/domain/fine-tuning.ts';
import { required } from '../../../shared/basics/required.ts';
import { modelIdFrom } from '../../adatosk/runtime/models.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import type { Project } from '../../project/store/open-project.ts';
import type { TrainerStarter } from '../../training/trainer/trainer-messages.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { allThreads } from '../settings/defaults.ts';
import { evaluateModel } from '../training/evaluate-model.ts';
import { trainingMaterial } from './fine-tuning-labels.ts';
import { writeFineTuningSet } from './fine-tuning-set.ts';
import { ownApproval } from '../settings/own-approval.ts';
import { knownModel } from '../models/all-models.ts';
import { ownModelsFolder } from '../settings/personal-folders.ts';
import { trainModel } from '../training/train-model.ts';

interface Launchers {
  readonly startEngine: EngineStarter;
  readonly startTrainer: TrainerStarter;
}

/** Content of state.json in the project's folder. A restarted program continues from it. */
interface StoredFineTuning {
  /** Signature of this computer: the fine-tuning of a copied or received project must not be used. */
  readonly approval: string;
  readonly request: FineTuningRequest;
  readonly state: FineTuningState;
}

/** Versions before 0.2 stored sentences instead of facts. */
function withFacts(state: FineTuningState): unknown {
  const { notes, problem } = state as { notes: readonly (string | Notice)[]; problem: string | Fact | null };
  return { ...state, notes: notes.map(noticeOf), problem: typeof problem === 'string' ? readFact(problem) : problem };
}

const IDLE: FineTuningState = {
  phase: 'idle',
  name: '',
  layer: '',
  from: '',
  clips: null,
  progress: null,
  secondsLeft: null,
  losses: [],
  validations: [],
  before: null,
  after: null,
  measuredOn: null,
  notes: [],
  problem: null,
  model: null,
};
/** Shares of the people in training, validation (early stopping, calibration) and test (measured before and after). */
const SHARES = [0.6, 0.2, 0.2] as const;
const optionsOf = ({ layer, minConfidence, minAgreement }: Pick<FineTuningRequest, 'layer'> & Partial<FineTuningRequest>): FineTuningOptions =>
  fineTuningOptionsSchema.parse({ form: 'faces', layer, minConfidence, minAgreement, shares: [...SHARES] });
/** Largest number of points of the loss curve. */
const MOST_POINTS = 400;
const PUBLISH_INTERVAL_MS = 500;

/**
 * The fine-tuning of an open project. It makes a set from corrected labels, trains a copy of a model, and measures the
 * model before and after on people who are not in the training data. The original model is never changed.
 */
export class FineTuning {
  readonly #project: Project;
  readonly #launchers: Launchers;
  readonly #publish: () => void;
  #state: FineTuningState = IDLE;
  #request: FineTuningRequest | undefined;
  #work: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;
  #publishedAt = 0;

  static async of(project: Project, launchers: Launchers, publish: () => void): Promise<FineTuning> {
    const own = new FineTuning(project, launchers, publish);
    await own.#restore();
    return own;
  }

  private constructor(project: Project, launchers: Launchers, publish: () => void) {
    this.#project = project;
    this.#launchers = launchers;
    this.#publish = publish;
  }

  get state(): FineTuningState {
    return this.#state;
  }

  /** Counts the labels of a layer that a fine-tuning would use. */
  material(layer: string): TrainingMaterial {
    return trainingMaterial(this.#project.db, optionsOf({ layer }));
  }

  /** @throws StudioError 'wrong-usage' while another fine-tuning runs or waits to be kept or discarded */
  async begin(request: FineTuningRequest): Promise<void> {
    if (!['idle', 'failed'].includes(this.#state.phase)) throw new StudioError('wrong-usage/fine-tuning-running', {});
    if (existsSync(this.#modelFolder(request.name))) throw new StudioError('wrong-usage/model-name', { name: request.name });
    await knownModel(request.from);
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
    this.#request = request;
    this.#set({ ...IDLE, phase: 'preparing', name: request.name, layer: request.layer, from: request.from });
    this.#start(false);
  }

  /** Stops the training after the current steps and saves a checkpoint. */
  async pause(): Promise<void> {
    if (this.#work === undefined || this.#state.phase !== 'training') return;
    this.#set({ phase: 'pausing' });
    this.#work.stop.abort();
    await this.#work.done;
  }

  /** @throws StudioError 'wrong-usage' if no fine-tuning is paused */
  resume(): void {
    if (this.#work !== undefined || this.#request === undefined || !['paused', 'failed'].includes(this.#state.phase))
      throw new StudioError('wrong-usage/nothing-to-continue', {});
    this.#set({ phase: 'training', problem: null });
    this.#start(true);
  }

  /** Keeps the new model. @returns its folder @throws StudioError 'wrong-usage' if no model is ready */
  async keep(): Promise<string> {
    const { model, phase } = this.#state;
    if (phase !== 'ready' || model === null) throw new StudioError('wrong-usage/no-new-model', {});
    await this.#clear();
    return model;
  }

  /** Deletes the new model. Labels and the original model do not change. */
  async discard(): Promise<void> {
    this.#work?.stop.abort();
    await this.#work?.done;
    if (this.#request !== undefined) await rm(this.#modelFolder(this.#request.name), { recursive: true, force: true });
    await this.#clear();
  }

  /** Stops the training and saves a checkpoint. Must be called before the project is closed. */
  async close(): Promise<void> {
    this.#work?.stop.abort();
    await this.#work?.done;
  }

  get #folder(): string {
    return join(this.#project.state.folder, 'fine-tuning');
  }
  get #setFolder(): string {
    return join(this.#folder, 'set');
  }
  #modelFolder(name: string): string {
    return join(ownModelsFolder(), modelIdFrom(name, 'model'));
  }

  #start(continues: boolean): void {
    const stop = new AbortController();
    const done = this.#run(continues, stop.signal)
      .catch((error: unknown) => this.#fail(error, stop.signal.aborted))
      .finally(() => {
        this.#work = undefined;
      })
      .then(() => this.#saveState())
      .then(() => undefined);
    this.#work = { stop, done };
  }

  #fail(error: unknown, wasStopped: boolean): void {
    if (wasStopped && this.#state.phase !== 'preparing') this.#set({ phase: 'paused', secondsLeft: null });
    else if (wasStopped) this.#set({ ...IDLE });
    else this.#set({ phase: 'failed', problem: toFact(error), secondsLeft: null });
  }

  async #run(continues: boolean, signal: AbortSignal): Promise<void> {
    const request = required(this.#request, 'the request');
    const out = this.#modelFolder(request.name);
    if (!continues) await this.#prepare(request, signal);
    const { clips } = this.#state;
    const measuredOn = (clips?.test ?? 0) > 0 ? 'test' : (clips?.validation ?? 0) > 0 ? 'validation' : null;
    if (!continues) {
      this.#set({ phase: 'measuring', measuredOn });
      this.#set({ before: measuredOn === null ? null : await this.#measure(request.from, measuredOn, signal) });
    }
    this.#set({ phase: 'training', progress: null });
    const resume = continues && existsSync(join(out, 'training'));
    const outcome = await trainModel(
      {
        data: this.#setFolder,
        unlabelled: null,
        held: null,
        out,
        from: request.from,
        size: 'tiny',
        learns: 'auto',
        augmentation: 'faces',
        layerDecay: null,
        matrices: null,
        seed: 1,
        batch: 16,
        rate: null,
        validationShare: 0,
        patience: 12,
        device: 'auto',
        threads: allThreads(),
        epochs: { 'self-supervised': 0, frames: 0, joint: 0, 'fine-tuning': request.rounds },
        resume,
        checkpointEverySeconds: 60,
        faces: null,
        cacheLimit: 20e9,
      },
      this.#launchers.startEngine,
      {
        onPrepare: () => undefined,
        onNote: (note) => this.#set({ notes: [...this.#state.notes, note] }),
        onSteps: ({ step, total, losses, secondsLeft }) => {
          const loss = losses['classification'] ?? Object.values(losses)[0] ?? NaN;
          this.#set({ progress: { done: step, total }, secondsLeft, losses: thinned([...this.#state.losses, { step, loss }]) }, false);
        },
        onValidation: ({ step, uar, logLoss }) => this.#set({ validations: [...this.#state.validations, { step, uar, logLoss }] }),
      },
      signal,
      this.#launchers.startTrainer,
    );
    if (outcome.stopped) {
      this.#set({ phase: 'paused', secondsLeft: null });
      return;
    }
    this.#set({ phase: 'measuring', secondsLeft: null, progress: null });
    const after = measuredOn === null ? null : await this.#measure(out, measuredOn, signal);
    // Privacy: images of faces are deleted as soon as the training is finished.
    await rm(this.#setFolder, { recursive: true, force: true });
    this.#set({ phase: 'ready', after, model: out });
  }

  async #prepare(request: FineTuningRequest, signal: AbortSignal): Promise<void> {
    const options = optionsOf(request);
    const { report } = await writeFineTuningSet(
      this.#project.db,
      options,
      this.#setFolder,
      this.#launchers.startEngine,
      { onProgress: (done, total) => this.#set({ progress: { done, total } }, false) },
      signal,
    );
    const count = (split: 'train' | 'validation' | 'test'): number => report.balance.reduce((sum, each) => sum + each[split], report.unitClips[split]);
    this.#set({ clips: { train: count('train'), validation: count('validation'), test: count('test') }, notes: [...report.notes], progress: null });
  }

  async #measure(model: string, split: 'test' | 'validation', signal: AbortSignal): Promise<Measured> {
    const { uar, war, ece, recall, clips, units } = await evaluateModel(
      {
        model,
        data: this.#setFolder,
        split,
        budgets: [],
        baseline: false,
        out: null,
        device: 'auto',
        threads: allThreads(),
        faces: null,
        cacheLimit: 20e9,
      },
      this.#launchers.startEngine,
      { onPrepare: () => undefined, onProgress: (done, total) => this.#set({ progress: { done, total } }, false) },
      signal,
    );
    const people = JSON.parse(await readFile(join(this.#setFolder, 'report.json'), 'utf8')) as { people: Record<string, number> };
    const recalls = EXPRESSIONS.map((name) => recall[name]?.value ?? null);
    return {
      ...{ clips, people: people.people[split] ?? 0, uar: uar.value, war: war.value, calibrationError: ece.value, recall: recalls },
      units: (units ?? []).map(({ unit, auc, correlation }) => ({ unit, auc, correlation })),
    };
  }

  /** Changes the state. @param isImportant saves and publishes it at once; others are published at a limited rate */
  #set(change: Partial<FineTuningState>, isImportant = true): void {
    this.#state = { ...this.#state, ...change };
    const now = performance.now();
    if (!isImportant && now - this.#publishedAt < PUBLISH_INTERVAL_MS) return;
    this.#publishedAt = now;
    if (isImportant) void this.#saveState();
    this.#publish();
  }

  /** Restores a paused or finished fine-tuning when the project is opened. */
  async #restore(): Promise<void> {
    try {
      const { approval, request, state } = JSON.parse(await readFile(join(this.#folder, 'state.json'), 'utf8')) as StoredFineTuning;
      if (!ownApproval().isFineTuning(this.#folder, JSON.stringify(request), approval)) return;
      this.#request = request;
      const read = fineTuningStateSchema.parse(withFacts(state));
      const isUnderWay = ['training', 'pausing', 'measuring'].includes(read.phase);
      if (read.phase === 'preparing') await this.#clear();
      else this.#state = isUnderWay ? { ...read, phase: 'paused', secondsLeft: null } : read;
    } catch {
      // There is no stored fine-tuning.
    }
  }

  #saving: Promise<unknown> = Promise.resolve();
  #saveState(): Promise<unknown> {
    const request = this.#request;
    const approval = request === undefined ? '' : ownApproval().signFineTuning(this.#folder, JSON.stringify(request));
    const stored = JSON.stringify({ approval, request, state: this.#state });
    this.#saving = this.#saving
      .then(() => (this.#request === undefined || !existsSync(this.#folder) ? undefined : writeAtomically(join(this.#folder, 'state.json'), [stored])))
      .catch(() => undefined);
    return this.#saving;
  }

  async #clear(): Promise<void> {
    this.#request = undefined;
    await this.#saving;
    await rm(this.#folder, { recursive: true, force: true });
    this.#set(IDLE);
  }
}

/** Drops every second point if there are too many. The last point always stays. */
function thinned<T>(points: T[]): T[] {
  return points.length <= MOST_POINTS ? points : points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
}

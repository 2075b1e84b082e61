import type { RunRecord } from '../../../shared/domain/results.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { ensureModelFile, modelsFolder } from '../../adatosk/runtime/models.ts';
import type { Device, ReadyEngines } from '../../adatosk/runtime/providers.ts';
import { startEngines } from '../../adatosk/runtime/providers.ts';
import type { AnalysisOptions, AnalysisTools } from '../../analysis/analyse-video.ts';
import { checkDetectors, detectorFiles, DETECTORS } from '../../face/detector-files.ts';
import { APP_VERSION } from '../settings/app-version.ts';
import { warningsOf } from '../models/model-warnings.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { sentencesOf } from '../../../shared/app/notices.ts';

export interface SessionRequest {
  readonly model: Model;
  readonly device: Device;
  readonly threads: number;
  /** The token budget is the model's own where it is null. */
  readonly options: Omit<AnalysisOptions, 'tokenBudget'> & { readonly tokenBudget: number | null };
}

/** What the videos of one request share: the model, engines that run it, and what is recorded of both. */
export class AnalysisSession {
  readonly model: Model;
  readonly modelSha256: string;
  readonly options: AnalysisOptions;
  readonly #start: () => Promise<ReadyEngines>;
  #engines: ReadyEngines | undefined;
  /** So that two videos that begin at once do not start two engines. */
  #starting: Promise<ReadyEngines> | undefined;
  #device = '';

  private constructor(request: SessionRequest, model: Model, modelSha256: string, start: EngineStarter) {
    this.model = model;
    this.modelSha256 = modelSha256;
    this.options = { ...request.options, tokenBudget: request.options.tokenBudget ?? model.manifest.defaultTokenBudget };
    this.#start = () => startEngines(start, model, detectorFiles(modelsFolder()), request.device, request.threads);
  }

  /** @throws StudioError for a model that is not there or not what its manifest says */
  static async open(request: SessionRequest, start: EngineStarter): Promise<AnalysisSession> {
    const { model } = request;
    await checkDetectors(modelsFolder());
    return new AnalysisSession(request, model, await ensureModelFile(model), start);
  }

  get warnings(): Notice[] {
    return warningsOf(this.model);
  }

  get pids(): readonly number[] {
    return this.#engines?.pids ?? [];
  }

  /** Running engines: when they died with a video, the next video gets new ones. @throws StudioError 'provider-unavailable' */
  async engines(): Promise<ReadyEngines> {
    if (this.#engines?.isAlive() === true) return this.#engines;
    this.#starting ??= this.#restart().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async tools(): Promise<AnalysisTools> {
    const { network, detectors } = await this.engines();
    return { network, detectors, model: this.model.manifest };
  }

  /** run.json, as of now. */
  record(begun: Date, cancelled: boolean): RunRecord {
    const { peaks, segments, face, ...rest } = this.options;
    const { id, trained, clip } = this.model.manifest;
    return {
      appVersion: APP_VERSION,
      model: { id, sha256: this.modelSha256, trained },
      faceDetectors: DETECTORS.map(({ id: detector, sha256 }) => ({ id: detector, sha256 })),
      ...{ warnings: sentencesOf(this.warnings), warningCodes: this.warnings },
      device: this.#device,
      options: { ...rest, sampleRateHz: clip.sampleRateHz },
      thresholds: { face, peaks, segments },
      start: begun.toISOString(),
      end: new Date().toISOString(),
      cancelled,
    };
  }

  /** Ends the engines at once; they are started again when they are needed. */
  stop(): void {
    this.#engines?.stop();
    this.#engines = undefined;
  }

  async #restart(): Promise<ReadyEngines> {
    this.stop();
    this.#engines = await this.#start();
    this.#device = this.#engines.provider;
    return this.#engines;
  }
}

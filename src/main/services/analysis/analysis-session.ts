import type { RunRecord, RunSystem } from '../../../shared/domain/results.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import type { Model } from '../../adatosk/runtime/models.ts';
import { ensureModelFile, modelsFolder } from '../../adatosk/runtime/models.ts';
import type { Device, ReadyEngines } from '../../adatosk/runtime/providers.ts';
import { startEngines } from '../../adatosk/runtime/providers.ts';
import { ANALYSIS_VERSION } from '../../analysis/result-parts.ts';
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
  /** A null token budget means the model's default. */
  readonly options: Omit<AnalysisOptions, 'tokenBudget'> & { readonly tokenBudget: number | null };
}

/** The model and the engines that all videos of a request share. */
export class AnalysisSession {
  readonly model: Model;
  readonly modelSha256: string;
  readonly options: AnalysisOptions;
  readonly #start: () => Promise<ReadyEngines>;
  #engines: ReadyEngines | undefined;
  /** Pending start: two videos that begin at the same time must not start two sets of engines. */
  #starting: Promise<ReadyEngines> | undefined;
  #device = '';

  private constructor(request: SessionRequest, model: Model, modelSha256: string, start: EngineStarter) {
    this.model = model;
    this.modelSha256 = modelSha256;
    this.options = { ...request.options, tokenBudget: request.options.tokenBudget ?? model.manifest.defaultTokenBudget };
    this.#start = () => startEngines(start, model, detectorFiles(modelsFolder()), request.device, request.threads);
  }

  /** @throws StudioError if the model's file is missing or does not match its manifest */
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

  /** Running engines. Starts new ones if the last ones crashed. @throws StudioError 'provider-unavailable' */
  async engines(): Promise<ReadyEngines> {
    if (this.#engines?.isAlive() === true) return this.#engines;
    this.#starting ??= this.#restart().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async tools(): Promise<AnalysisTools> {
    const { network, detectors } = await this.engines();
    return { network, detectors, model: this.model.manifest };
  }

  /** The content of run.json for the current state. @param system see `runSystem` */
  record(begun: Date, cancelled: boolean, system: RunSystem): RunRecord {
    const { peaks, segments, face, ...rest } = this.options;
    const { id, trained, clip } = this.model.manifest;
    return {
      appVersion: APP_VERSION,
      analysisVersion: ANALYSIS_VERSION,
      model: { id, sha256: this.modelSha256, trained },
      faceDetectors: DETECTORS.map(({ id: detector, sha256 }) => ({ id: detector, sha256 })),
      warnings: sentencesOf(this.warnings),
      warningCodes: this.warnings,
      device: this.#device,
      system,
      options: { ...rest, sampleRateHz: clip.sampleRateHz },
      thresholds: { face, peaks, segments },
      start: begun.toISOString(),
      end: new Date().toISOString(),
      cancelled,
    };
  }

  /** Stops the engines at once. The next call of `engines` starts new ones. */
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

import { quantile } from 'simple-statistics';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ModelManifest } from '../../../shared/domain/manifest.ts';
import type { ModelSession } from '../../../shared/domain/model-session.ts';
import { findPeaks } from '../../../shared/domain/peaks.ts';
import type { BaselineEvaluation, BudgetResult, Evaluation, MomentErrors } from '../../../shared/statistics/evaluation.ts';
import type { ClipContrast, MaskEffects, WeighedSlot } from '../../../shared/statistics/mask-effects.ts';
import { contrastsOf, maskEffect } from '../../../shared/statistics/mask-effects.ts';
import type { Estimate, Prediction } from '../../../shared/statistics/recognition.ts';
import { aucOf, bootstrap, calibrationErrorOf, confusionOf, recallOf, reliability, uarOf, warOf } from '../../../shared/statistics/recognition.ts';
import { SamplingGrid, TimingTable } from '../../../shared/domain/time.ts';
import type { ExpressionPeak, TimelineRow } from '../../../shared/domain/timeline.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { readClip } from '../../analysis/analyse-video.ts';
import { FaceSeries } from '../../analysis/face-series.ts';
import type { ClipFacts, ClipSource, TrueMoments } from '../data/clip-source.ts';
import { valueAt } from '../data/clip-source.ts';
import { hasUnitsAlone } from '../data/sampling.ts';
import { predictByBaseline } from './baseline.ts';
import type { PredictionOptions } from './prediction.ts';
import { outputsOf, predict } from './prediction.ts';
import { UnitReadings } from './unit-readings.ts';

/** The person in a clip, for resampling and for figures by group. */
export interface ClipPeople {
  /** The bootstrap draws all clips of one unit (a participant, else a video) together. */
  readonly unit: string;
  readonly group: string | null;
}

export interface EvaluationOptions {
  readonly model: Pick<ModelManifest, 'id' | 'clip' | 'defaultTokenBudget' | 'actionUnits'>;
  /** FACS numbers of the action units that the clips have; null without them. */
  readonly actionUnits?: readonly number[] | null;
  /** Further token budgets at which to measure accuracy, 0..1. */
  readonly budgets: readonly number[];
  readonly seed: number;
}

/** Two windows per clip, as in MAE-DFER's test. */
export const WINDOWS = 2;

/**
 * Evaluates a model on the labelled clips of a source, and on those that have action units alone.
 * @param people the person in each clip of the source
 */
export async function evaluate(
  session: ModelSession,
  source: ClipSource,
  people: readonly ClipPeople[],
  { model, budgets, seed, actionUnits = null }: EvaluationOptions,
  onProgress: (done: number, total: number) => void,
): Promise<Evaluation> {
  const clips = source.clips.flatMap(({ label }, i) => (label === null ? [] : [i]));
  const timed = clips.filter((i) => source.clips[i]!.moments !== null);
  const unitsAlone = [...source.clips.keys()].filter((i) => hasUnitsAlone(source.clips[i]!));
  const total = clips.length * (1 + budgets.length) + timed.length + unitsAlone.length;
  let before = 0;
  const unitReadings = new UnitReadings(model.actionUnits, actionUnits);
  const predictAt = async (tokenBudget: number, onOutputs?: PredictionOptions['onOutputs']): Promise<Prediction[]> => {
    const begun = before;
    before += clips.length;
    return predict(session, model.clip, source, clips, { tokenBudget, windows: WINDOWS, ...(onOutputs && { onOutputs }) }, (done) =>
      onProgress(begun + done, total),
    );
  };
  const predictions = await predictAt(model.defaultTokenBudget, (...outputs) => unitReadings.add(...outputs));
  const random = randomStream(seed, 'bootstrap');
  const units = unitsOf(predictions, clips, people);
  const estimate = (statistic: (values: readonly Prediction[]) => number, over = units): Estimate => bootstrap(over, statistic, random);
  const atBudgets: BudgetResult[] = [];
  for (const tokenBudget of budgets) {
    const results = await predictAt(tokenBudget);
    atBudgets.push({ tokenBudget, uar: uarOf(results), war: warOf(results) });
  }
  const moments: FoundMoments[] = [];
  for (const clip of timed) {
    moments.push(await momentsFound(session, source, clip, model));
    onProgress(++before, total);
  }
  for (const clip of unitsAlone) {
    const options = { tokenBudget: model.defaultTokenBudget, windows: WINDOWS };
    for await (const { window, outputs } of outputsOf(session, model.clip, source, clip, options)) unitReadings.add(source.clips[clip]!, window, outputs);
    onProgress(++before, total);
  }
  return {
    ...figuresOf(predictions, estimate),
    reliability: reliability(predictions),
    ...momentErrors(moments, timed, people, random),
    peaksFound: timed.length === 0 ? null : moments.filter(({ found }) => found !== null).length / timed.length,
    masks: maskEffects(moments, timed, people, random),
    units: unitReadings.figures(),
    groups: groupsOf(predictions, clips, people).map(({ group, predictions: own, units: within }) => ({
      group,
      clips: own.length,
      uar: estimate(uarOf, within),
      war: estimate(warOf, within),
    })),
    budgets:
      clips.length === 0
        ? []
        : [...atBudgets, { tokenBudget: model.defaultTokenBudget, uar: uarOf(predictions), war: warOf(predictions) }].sort(
            (a, b) => a.tokenBudget - b.tokenBudget,
          ),
  };
}

/** The figures that are reported for the predictions of any network. */
function figuresOf(predictions: readonly Prediction[], estimate: (statistic: (values: readonly Prediction[]) => number) => Estimate): BaselineEvaluation {
  const recall = EXPRESSIONS.map((name, label) => [name, estimate((values) => recallOf(confusionOf(values))[label] ?? NaN)] as const);
  return {
    clips: predictions.length,
    uar: estimate(uarOf),
    war: estimate(warOf),
    ece: estimate((values) => calibrationErrorOf(values)),
    auc: estimate(aucOf),
    recall: Object.fromEntries(recall),
    confusion: confusionOf(predictions),
  };
}

/** Evaluates the baseline (see baseline.ts) on the same clips and windows as `evaluate`. */
export async function evaluateBaseline(
  session: ModelSession,
  source: ClipSource,
  people: readonly ClipPeople[],
  seed: number,
  onProgress: (done: number, total: number) => void,
): Promise<BaselineEvaluation> {
  const clips = source.clips.flatMap(({ label }, i) => (label === null ? [] : [i]));
  const predictions = await predictByBaseline(session, source, clips, WINDOWS, (done) => onProgress(done, clips.length));
  const random = randomStream(seed, 'bootstrap');
  const units = unitsOf(predictions, clips, people);
  return figuresOf(predictions, (statistic) => bootstrap(units, statistic, random));
}

/** Groups values by unit; `clips[i]` is the clip of `values[i]`. */
function unitsOf<T>(values: readonly T[], clips: readonly number[], people: readonly ClipPeople[]): T[][] {
  return [...Map.groupBy(values.entries(), ([i]) => people[clips[i]!]!.unit).values()].map((entries) => entries.map(([, value]) => value));
}

function groupsOf(
  predictions: readonly Prediction[],
  clips: readonly number[],
  people: readonly ClipPeople[],
): { group: string; predictions: Prediction[]; units: Prediction[][] }[] {
  const groupsAt = (clip: number): string[] => (people[clip]!.group ?? '').split(';').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const names = [...new Set(clips.flatMap(groupsAt))].sort();
  return names.map((group) => {
    const members = clips.map((_, i) => i).filter((i) => groupsAt(clips[i]!).includes(group));
    const own = members.map((i) => predictions[i]!);
    return {
      group,
      predictions: own,
      units: unitsOf(
        own,
        members.map((i) => clips[i]!),
        people,
      ),
    };
  });
}

interface FoundMoments {
  readonly truth: TrueMoments;
  /** The peak that was found, in seconds from the beginning of the clip; null where no peak overlaps the expression. */
  readonly found: ExpressionPeak | null;
  readonly rate: number;
  readonly contrasts: Readonly<Record<keyof MaskEffects, ClipContrast | null>>;
}

/** Analyses a clip like a face in a video and returns the peak with the largest overlap with the labelled expression. */
async function momentsFound(session: ModelSession, source: ClipSource, clip: number, model: EvaluationOptions['model']): Promise<FoundMoments> {
  const { samples, moments } = source.clips[clip]!;
  const rate = model.clip.sampleRateHz;
  const pts = Float64Array.from({ length: samples }, (_, i) => i / rate);
  const grid = new SamplingGrid(new TimingTable(pts, 1 / rate, { duplicateTimestamps: 0, missingTimestamps: 0, tick: 1e-6 }), rate);
  const observation = async (sample: number): Promise<Parameters<FaceSeries['add']>[0]> => ({
    faceId: 1,
    sample,
    status: 'ok',
    score: 1,
    box: null,
    crop: await source.read(clip, [sample]),
  });
  const series = new FaceSeries(await observation(0));
  const read = async (next: ReturnType<FaceSeries['add']>): Promise<void> => {
    if (next !== undefined) series.read(next, await readClip({ network: session, model }, next.pixels, model.defaultTokenBudget));
  };
  for (let sample = 0; sample < samples; sample++) await read(series.add(await observation(sample)));
  await read(series.end());
  const rows = series.rows(grid);
  const peaks = findPeaks(rows, 'evaluation', (seconds) => grid.table.nearestFrame(seconds));
  const shared = (peak: ExpressionPeak): number => Math.min(peak.offsetS, moments!.offset / rate) - Math.max(peak.onsetS, moments!.onset / rate);
  const [best] = peaks.filter((peak) => shared(peak) > 0).sort((a, b) => shared(b) - shared(a));
  return { truth: moments!, found: best ?? null, rate, contrasts: contrastsOf(weighedSlots(rows, source.clips[clip]!, rate)) };
}

/** The slots of a clip with their mask weights; none where the set has no strengths of the expressions. */
function weighedSlots(rows: readonly TimelineRow[], { label, moments, shares, samples }: ClipFacts, rate: number): WeighedSlot[] {
  if (shares === null || shares === undefined) return [];
  const shareAt = (seconds: number): number => valueAt(shares, Math.max(0, Math.min(samples - 1, Math.round(seconds * rate))), label!) / 100;
  return rows.flatMap(({ startS, endS, reading }) =>
    reading === null
      ? []
      : [
          {
            shareBefore: shareAt(startS),
            shareAfter: shareAt(endS),
            fromApexS: (startS + endS) / 2 - moments!.apex / rate,
            classAgnostic: reading.classAgnostic,
            classSemantic: reading.classSemantic,
          },
        ],
  );
}

function maskEffects(moments: readonly FoundMoments[], clips: readonly number[], people: readonly ClipPeople[], random: () => number): MaskEffects {
  const units = unitsOf(moments, clips, people);
  const of = (part: keyof MaskEffects): MaskEffects[typeof part] => {
    const contrastsIn = (pack: readonly FoundMoments[]): ClipContrast[] => pack.flatMap(({ contrasts }) => contrasts[part] ?? []);
    return maskEffect(contrastsIn(moments), (statistic) => bootstrap(units, (pack) => statistic(contrastsIn(pack)), random));
  };
  return { classAgnostic: of('classAgnostic'), classSemantic: of('classSemantic') };
}

function momentErrors(
  moments: readonly FoundMoments[],
  clips: readonly number[],
  people: readonly ClipPeople[],
  random: () => number,
): Record<'onset' | 'apex' | 'offset', MomentErrors | null> {
  const units = unitsOf(moments, clips, people);
  const errorsOf = (name: keyof TrueMoments): MomentErrors | null => {
    const values = (pack: readonly FoundMoments[]): number[] =>
      pack.flatMap(({ truth, found, rate }) =>
        found === null ? [] : [Math.abs({ onset: found.onsetS, apex: found.apexS, offset: found.offsetS }[name] - truth[name] / rate)],
      );
    const at = (share: number): Estimate => bootstrap(units, (pack) => (values(pack).length === 0 ? NaN : quantile(values(pack), share)), random);
    return moments.some(({ found }) => found !== null) ? { median: at(0.5), percentile90: at(0.9) } : null;
  };
  return { onset: errorsOf('onset'), apex: errorsOf('apex'), offset: errorsOf('offset') };
}

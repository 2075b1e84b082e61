import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../shared/app/errors.ts';
import { sentencesOf } from '../../../shared/app/notices.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { RunRecord } from '../../../shared/domain/results.ts';
import { warningsOfRun } from '../../../shared/domain/results.ts';
import { listVideos } from '../../project/library.ts';
import { listRuns } from '../../project/recorded-results.ts';
import { listParticipants } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';
import { projectFile } from '../../project/store/project-file.ts';
import { BASELINE_TYPE, EXCLUDED_TYPE } from '../../../shared/annotation/trial-edits.ts';
import { trackEditsOf } from '../../project/tracked-faces.ts';
import { excludedSpans, listTrials } from '../../project/trials.ts';
import type { Agreement } from './agreement.ts';
import { codersWithLayers, measureAgreement, UNDEFINED_TEXTS } from './agreement.ts';
import { DEFAULT_OVERLAP, DEFAULT_UNIT_S } from '../../../shared/statistics/agreement/statistics.ts';
import { totalSeconds } from '../../../shared/statistics/excluded.ts';

/** What a methods section states. */
export interface MethodsFacts {
  readonly run: RunRecord;
  /** Null for a run without a project. */
  readonly project: ProjectFacts | null;
}

export interface ProjectFacts {
  readonly videos: number;
  readonly analysed: number;
  readonly failed: number;
  readonly participants: number;
  readonly coders: readonly string[];
  readonly agreement: Agreement | null;
  /** Total length of the excluded spans in seconds. */
  readonly excludedS: number;
  /** Number of videos with faces that were merged or split by hand. */
  readonly correctedFaces: number;
  /** Types of trials and markers. */
  readonly trialTypes: readonly string[];
}

/** The facts of a project about its newest run. @throws StudioError 'wrong-usage' without a run */
export function methodsFacts(db: ProjectDatabase): MethodsFacts {
  const [run] = listRuns(db);
  if (run === undefined) throw new StudioError('wrong-usage/no-run', {});
  const videos = listVideos(db);
  const withStatus = (status: string): number => videos.filter(({ analysed }) => analysed?.status === status).length;
  const coders = codersWithLayers(db);
  return {
    run: run.record,
    project: {
      videos: videos.length,
      analysed: withStatus('done'),
      failed: withStatus('failed'),
      participants: listParticipants(db).length,
      coders,
      agreement: agreementOf(db, coders),
      excludedS: totalSeconds([...excludedSpans(db).values()].flat()),
      correctedFaces: videos.filter(({ id, analysed }) => analysed !== null && trackEditsOf(db, analysed.run, id).length > 0).length,
      trialTypes: [...new Set(listTrials(db).map(({ type }) => type))].sort(),
    },
  };
}

/** Krippendorff's alpha of all coders: it allows any number of them. Null if no video was labelled by all. */
function agreementOf(db: ProjectDatabase, coders: readonly string[]): Agreement | null {
  if (coders.length < 2) return null;
  try {
    return measureAgreement(db, {
      statistic: coders.length === 2 ? 'kappa' : 'alpha',
      raters: coders,
      unitS: DEFAULT_UNIT_S,
      overlap: DEFAULT_OVERLAP,
      unlabelled: 'left out',
    });
  } catch (error) {
    if (error instanceof StudioError && error.code === 'wrong-usage') return null;
    throw error;
  }
}

/**
 * The facts of a run.json, of a folder that has one, or of a project's newest run.
 * @throws StudioError 'file-missing', 'wrong-usage' for other files
 */
export async function readMethodsFacts(path: string): Promise<MethodsFacts> {
  const kind = await stat(path).catch((error: unknown) => {
    throw new StudioError('file-missing/chosen', { path }, error);
  });
  if (kind.isDirectory() && existsSync(projectFile(path))) return inProject(path, methodsFacts);
  const file = kind.isDirectory() ? join(path, 'run.json') : path;
  const parsed = recordSchema.safeParse(await readFile(file, 'utf8').then(JSON.parse, () => null));
  if (!parsed.success) throw new StudioError('wrong-usage/no-run-record', { path });
  return { run: parsed.data as unknown as RunRecord, project: null };
}

const recordSchema = z.looseObject({
  appVersion: z.string(),
  model: z.object({ id: z.string(), sha256: z.string(), trained: z.boolean() }),
  warnings: z.array(z.string()),
  device: z.string(),
  options: z.record(z.string(), z.unknown()),
  thresholds: z.record(z.string(), z.unknown()),
  start: z.string(),
});

/** A paragraph for the methods section of a paper, in English. Everything in it was recorded; nothing is assumed. */
export function methodsText({ run, project }: MethodsFacts): string {
  const sentences = [
    `Facial expressions were analysed with AdaTosk Studio ${run.appVersion} on ${run.start.slice(0, 10)} (device: ${run.device}).`,
    ...(project === null ? [] : sampleSentences(project)),
    ...spanSentences(run),
    ...faceSentences(run),
    ...correctionSentences(project),
    `The model ${run.model.id} (SHA-256 ${run.model.sha256}), a masked autoencoder with a class-agnostic and a class-semantic temporal soft mask after AdaTosk (arXiv 2502.21004), read clips of 16 aligned face crops, sampled ${numberOf(run.options['sampleRateHz'])} times a second, with a token budget of ${numberOf(run.options['tokenBudget'])}, and gave the probabilities of ${listed(EXPRESSIONS)} for each face and time slot.`,
    ...thresholdSentences(run),
    ...(project === null ? [] : studySentences(project)),
    ...validitySentences(run),
  ];
  return sentences.join(' ');
}

function sampleSentences({ videos, analysed, failed, participants }: ProjectFacts): string[] {
  const people = participants === 0 ? '' : ` of ${counted(participants, 'participant')}`;
  const rest = failed === 0 ? '' : ` and ${failed} could not`;
  return [`The sample had ${counted(videos, 'video')}${people}, of which ${analysed} could be analysed${rest}.`];
}

function spanSentences({ options }: RunRecord): string[] {
  if (options['span'] === undefined) return [];
  const { startS, endS } = recordOf(options['span']);
  return [`Of each video, the part from ${numberOf(startS)} s ${typeof endS === 'number' ? `to ${endS} s` : 'to its end'} was analysed.`];
}

function faceSentences({ faceDetectors, thresholds }: RunRecord): string[] {
  const face = recordOf(thresholds['face']);
  const detectors = faceDetectors === undefined ? 'BlazeFace' : listed(faceDetectors.map(({ id, sha256 }) => `${id} (SHA-256 ${sha256.slice(0, 12)}…)`));
  return [
    `Faces were detected with ${detectors}, followed over time, and aligned by eyes and mouth; faces with a detector score below ${numberOf(face['confidentScore'])} or narrower than ${numberOf(face['confidentWidth'])} pixels were marked as low in confidence, and time without a face has no values.`,
  ];
}

function correctionSentences(project: ProjectFacts | null): string[] {
  const count = project?.correctedFaces ?? 0;
  return count === 0 ? [] : [`In ${counted(count, 'video')}, faces were merged or split by hand, so that each face is one person.`];
}

function thresholdSentences({ thresholds }: RunRecord): string[] {
  const [peaks, segments] = [recordOf(thresholds['peaks']), recordOf(thresholds['segments'])];
  return [
    `Intensity is 1 minus the probability of neutral. Peaks are maxima of the smoothed intensity (Gaussian, ${numberOf(peaks['smoothing'])} slots) with a prominence of at least ${numberOf(peaks['prominence'])}, a height of at least ${numberOf(peaks['height'])} and a duration of at least ${numberOf(peaks['minimumDuration'])} s; onset and offset are where intensity crosses ${numberOf(peaks['edge'])} of the height above the valley.`,
    `A segment has the most probable class, which replaces the class before it if its probability is higher by ${numberOf(segments['lead'])}; segments shorter than ${numberOf(segments['minimumDuration'])} s were joined with their neighbours.`,
  ];
}

function studySentences({ coders, agreement, trialTypes, excludedS }: ProjectFacts): string[] {
  const trials = trialTypes.filter((type) => type !== BASELINE_TYPE && type !== EXCLUDED_TYPE);
  return [
    ...(excludedS === 0 ? [] : [`Breaks and other spans with a total of ${lengthOf(excludedS)} were excluded from all statistics.`]),
    ...(coders.length === 0 ? [] : [`Labels of ${counted(coders.length, 'coder')} are part of the project.`]),
    ...(agreement === null ? [] : [agreementSentence(agreement)]),
    ...(trials.length === 0 ? [] : [`Statistics by trial refer to the trials and markers of the types ${listed(trials)}.`]),
    ...(trialTypes.includes(BASELINE_TYPE)
      ? ["Corrected intensities are the mean probability of a label minus its mean over the participant's own baseline spans."]
      : []),
  ];
}

const lengthOf = (seconds: number): string => (seconds < 60 ? `${seconds.toFixed(1)} seconds` : `${(seconds / 60).toFixed(1)} minutes`);

/** Names of the parameters of an agreement in a text. */
const PARAMETER_TEXTS: Readonly<Record<string, (value: string | number) => string>> = {
  unitS: (value) => `units of ${value} s`,
  unlabelled: (value) => `time that no rater labelled ${value}`,
};

function agreementSentence({ definition, value, bootstrap, units, videos, parameters, reasons }: Agreement): string {
  const how = Object.entries(parameters).map(([name, each]) => PARAMETER_TEXTS[name]?.(each) ?? `${name} ${each}`);
  const interval =
    bootstrap === null
      ? 'no interval: too few videos or no variation'
      : `95% bootstrap interval over videos ${bootstrap.low.toFixed(2)} to ${bootstrap.high.toFixed(2)}`;
  const result = value === null ? `is not defined (${UNDEFINED_TEXTS[reasons.value ?? 'no-variation']})` : `was ${value.toFixed(2)} (${interval})`;
  return `Their agreement (${definition}; ${how.join(', ')}; ${units} units of ${counted(videos, 'video')}) ${result}.`;
}

function validitySentences(run: RunRecord): string[] {
  const warnings = sentencesOf(warningsOfRun(run));
  return [
    ...(run.model.trained ? [] : ['The model was not trained: its values are meaningless.']),
    ...(warnings.length === 0 ? [] : [`Limits of the model: ${warnings.join('; ')}.`]),
    'All values of the model are proposals about displays of the face, not measurements of emotions.',
  ];
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const numberOf = (value: unknown): string => (typeof value === 'number' ? String(value) : '(not recorded)');
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const listed = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);

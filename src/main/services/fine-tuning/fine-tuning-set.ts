import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readdir } from 'node:fs/promises';
import { cancelled, StudioError, toFact } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice, sentencesOf } from '../../../shared/app/notices.ts';
import { expressionAt, EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { FineTuningOptions, FineTuningReport } from '../../../shared/domain/fine-tuning.ts';
import { required } from '../../../shared/basics/required.ts';
import { SPLITS } from '../../../shared/domain/splits.ts';
import { upperBound } from '../../../shared/basics/sorted-search.ts';
import { assignGroups, connectedGroups } from '../../../shared/domain/stratified-groups.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import type { TimelineRow } from '../../../shared/domain/timeline.ts';
import type { EngineStarter } from '../../adatosk/runtime/engine.ts';
import { randomStream } from '../../../shared/basics/random.ts';
import { modelsFolder } from '../../adatosk/runtime/models.ts';
import { startDetectors } from '../../adatosk/runtime/providers.ts';
import { SAMPLES_PER_SECOND, SIZES } from '../../adatosk/model/config.ts';
import { detectorFiles } from '../../face/detector-files.ts';
import { writeAtomically } from '../../formats/atomic-file.ts';
import { probeVideo } from '../../media/probe.ts';
import { hasFileClock } from '../../project/clocks.ts';
import type { SetClip } from './fine-tuning-forms.ts';
import { writerOf } from './fine-tuning-forms.ts';
import type { Cell } from '../../formats/tables.ts';
import { csvLines } from '../../formats/tables.ts';
import { hashFile } from '../../media/content-hash.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import type { VideoRow } from '../../project/store/schema.ts';
import type { RequestedCrops } from '../../training/data/segment-crops.ts';
import { segmentCrops } from '../../training/data/segment-crops.ts';
import { prepareOut } from '../analysis/analyse-folder.ts';
import type { ChosenLabel } from './fine-tuning-labels.ts';
import { chooseLabels } from './fine-tuning-labels.ts';
import { FaceSources } from '../../project/face-sources.ts';
import { detectedNumbers, readDetected, readFace, trackEditsOf } from '../../project/tracked-faces.ts';

export interface FineTuningEvents {
  /** Reports the number of processed clips and the number of all clips. */
  readonly onProgress: (done: number, total: number) => void;
}

const FOLDS = 5;
/** Smallest share of the samples of a clip in which the face must be visible. */
const LOWEST_VISIBLE_SHARE = 0.5;

/**
 * Writes a fine-tuning set from the labels of a layer. Each person is in one split only, all splits have similar shares
 * of the classes, and provenance.csv states the origin of every label.
 * @param out an empty folder
 * @throws StudioError for a folder that is not empty, a layer without labels, a full disk, or if it is cancelled
 */
export async function writeFineTuningSet(
  db: ProjectDatabase,
  options: FineTuningOptions,
  out: string,
  start: EngineStarter,
  events: FineTuningEvents,
  signal: AbortSignal,
): Promise<{ out: string; report: FineTuningReport }> {
  const to = resolve(out);
  await prepareOut(to);
  if ((await readdir(to)).length > 0) throw new StudioError('wrong-usage/folder-not-empty', { folder: to });
  if (options.form === 'references' && options.anonymise) throw new StudioError('wrong-usage/references-anonymous', {});
  const { chosen, notes } = chooseLabels(db, options);
  const planned = planClips(chosen, await videoHashes(chosen, signal), options);
  const written =
    options.form === 'references' ? withoutOtherFaces(db, planned, notes) : await writeCrops(db, planned, options, to, start, events, signal, notes);
  if (written.length === 0) throw new StudioError('data-set-invalid/no-clip', { notes });
  if (options.form === 'references') await writeAtomically(join(to, 'clips.csv'), [csvLines(await referenceRows(db, written, signal))]);
  await writeAtomically(join(to, 'provenance.csv'), [csvLines(provenanceRows(written, options))]);
  const report = reportOf(written, notes, options);
  await writeAtomically(join(to, 'report.json'), [
    `${JSON.stringify({ options, ...report, notes: sentencesOf(report.notes), noteCodes: report.notes }, null, 2)}\n`,
  ]);
  await writeAtomically(
    join(to, 'classes.txt'),
    EXPRESSIONS.map((name) => `${name}\n`),
  );
  await writeAtomically(join(to, 'README.md'), [cardOf(report, options)]);
  return { out: to, report };
}

interface PlannedClip {
  readonly clip: SetClip;
  readonly from: ChosenLabel;
}

/**
 * Assigns a number, a split and a fold to each clip. All clips of a person are in the same split and fold, and so are those of
 * files with the same content, even if they have different names or participants.
 * @param hashes SHA-256 by id of the video
 */
function planClips(chosen: readonly ChosenLabel[], hashes: ReadonlyMap<string, string>, { shares, seed, anonymise }: FineTuningOptions): PlannedClip[] {
  const unitOf = connectedGroups(chosen.map(({ person, video }) => [`person ${person}`, `file ${hashes.get(video.id) ?? video.id}`]));
  const groups = [...Map.groupBy(chosen, ({ person }) => unitOf(`person ${person}`))].map(([name, own]) => ({
    name,
    // Clips of action units alone are divided like those of a class.
    counts: [...EXPRESSIONS.keys(), null].map((label) => own.filter((each) => each.label === label).length),
  }));
  const splits = assignGroups(groups, shares, randomStream(seed, 'parts'));
  const folds = assignGroups(groups, new Array<number>(FOLDS).fill(1 / FOLDS), randomStream(seed, 'folds'));
  const codeOf = numbered(
    'P',
    chosen.map(({ person }) => person),
  );
  return chosen.map((from, i) => {
    const seconds = (value: number | undefined): number | null =>
      value === undefined || value < from.startS || value > from.endS ? null : Math.round(1000 * (value - from.startS)) / 1000;
    const unit = unitOf(`person ${from.person}`);
    const clip: SetClip = {
      name: String(i + 1).padStart(5, '0'),
      label: from.label,
      units: from.units && { ...from.units, clipStartS: from.startS },
      split: required(SPLITS[splits.get(unit) ?? -1], "a person's split"),
      fold: required(folds.get(unit), "a person's fold"),
      participant: anonymise ? codeOf(from.person) : from.person,
      onsetS: seconds(from.peak?.onset_s),
      apexS: seconds(from.peak?.apex_s),
      offsetS: seconds(from.peak?.offset_s),
    };
    return { clip, from };
  });
}

/** The SHA-256 of the video of each label, by id. Files that were not analysed are read; missing files are left out. */
async function videoHashes(chosen: readonly ChosenLabel[], signal: AbortSignal): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const { id, path, sha256 } of new Set(chosen.map(({ video }) => video))) {
    const hash = sha256 ?? (existsSync(path) ? await hashFile(path, signal) : undefined);
    if (hash !== undefined) hashes.set(id, hash);
  }
  return hashes;
}

/**
 * Drops labels of secondary faces: training from references always uses the main detected face of a video (largest sum of widths). It
 * does not know which faces a person merged, so here the detected face behind a label counts.
 */
function withoutOtherFaces(db: ProjectDatabase, planned: readonly PlannedClip[], notes: Notice[]): PlannedClip[] {
  const main = new Map<string, number>();
  const sources = new Map<string, FaceSources>();
  const faceOf = ({ run, video, segment: { face_id }, startS, endS }: ChosenLabel): number => {
    if (run === null) return face_id;
    const own = sources.get(video.id) ?? new FaceSources(db, run, video.id, trackEditsOf(db, run, video.id));
    sources.set(video.id, own);
    return own.at(face_id, (startS + endS) / 2)?.detected ?? face_id;
  };
  for (const { from } of planned) {
    const { run, video } = from;
    if (main.has(video.id) || run === null) continue;
    const widths = detectedNumbers(db, run, video.id).map((face) => ({
      face,
      sum: readDetected(db, run, video.id, face).reduce((sum, { box }) => sum + (box?.width ?? 0), 0),
    }));
    main.set(video.id, widths.sort((a, b) => b.sum - a.sum)[0]?.face ?? 1);
  }
  const kept = planned.filter(({ from }) => (main.get(from.video.id) ?? 1) === faceOf(from));
  const dropped = planned.length - kept.length;
  if (dropped > 0) notes.push(notice('set/other-faces', { count: dropped }));
  return kept;
}

async function writeCrops(
  db: ProjectDatabase,
  planned: readonly PlannedClip[],
  { form }: FineTuningOptions,
  out: string,
  start: EngineStarter,
  events: FineTuningEvents,
  signal: AbortSignal,
  notes: Notice[],
): Promise<PlannedClip[]> {
  const writer = writerOf(form as Exclude<typeof form, 'references'>, out, { side: SIZES.tiny.cropSide, rate: SAMPLES_PER_SECOND });
  const { engine, detectors } = await startDetectors(start, detectorFiles(modelsFolder()));
  const written: PlannedClip[] = [];
  let unseen = 0;
  let done = 0;
  try {
    for (const [{ id, path, name }, own] of Map.groupBy(planned, ({ from }) => from.video)) {
      const boxesOf = faceBoxes(db);
      try {
        const shift = await shiftOf(db, { id, path }, signal);
        const requested = own.map(({ from }) => {
          const boxAt = boxesOf(from);
          return { startS: from.startS - shift, endS: from.endS - shift, boxAt: (seconds: number) => boxAt(seconds + shift) };
        });
        for await (const { index, crops } of segmentCrops(path, requested, writer, detectors, signal)) {
          if (signal.aborted) throw cancelled();
          events.onProgress(++done, planned.length);
          if (crops === null || crops.seen < LOWEST_VISIBLE_SHARE) unseen += 1;
          else {
            const visible = required(own[index], 'a planned clip');
            await writer.add(visible.clip, { ...crops, side: writer.side, rate: writer.rate });
            written.push(visible);
          }
        }
      } catch (error) {
        if (!(error instanceof StudioError) || !['file-missing', 'file-unreadable', 'no-video-stream', 'program-failed'].includes(error.code)) throw error;
        notes.push(notice('set/video', { video: name, problem: toFact(error) }));
      }
    }
  } finally {
    engine.stop();
  }
  if (unseen > 0) notes.push(notice('set/unseen', { count: unseen }));
  written.sort((a, b) => a.clip.name.localeCompare(b.clip.name));
  await writer.finish(written.map(({ clip }) => clip));
  return written;
}

/** Returns a function that finds the boxes of a labelled face in the timeline of one video. Each timeline is read once. */
function faceBoxes(db: ProjectDatabase): (label: ChosenLabel) => RequestedCrops['boxAt'] {
  const known = new Map<number, RequestedCrops['boxAt']>();
  return ({ run, video, segment: { face_id: face } }) => {
    if (run === null) return () => null;
    const boxAt = known.get(face) ?? boxesOver(readFace(db, run, video.id, face));
    known.set(face, boxAt);
    return boxAt;
  };
}

function boxesOver(rows: readonly TimelineRow[]): RequestedCrops['boxAt'] {
  const starts = Float64Array.from(rows, ({ startS }) => startS);
  return (seconds) => {
    const row = rows[upperBound(starts, seconds) - 1];
    return row !== undefined && seconds < row.endS ? row.box : null;
  };
}

/** What the video's clock in this project is ahead of seconds from the container's start. */
async function shiftOf(db: ProjectDatabase, { id, path }: Pick<VideoRow, 'id' | 'path'>, signal: AbortSignal): Promise<number> {
  return hasFileClock(db, id) ? (await probeVideo(path, signal)).timing.findings.origin : 0;
}

/** The rows of a clip set that `adatosk train --data` reads. Times are seconds from the container's start. */
async function referenceRows(db: ProjectDatabase, written: readonly PlannedClip[], signal: AbortSignal): Promise<Cell[][]> {
  const shifts = new Map<string, number>();
  for (const { from } of written) if (!shifts.has(from.video.id)) shifts.set(from.video.id, await shiftOf(db, from.video, signal));
  const head: Cell[] = ['path', 'label', 'start_s', 'end_s', 'onset_s', 'apex_s', 'offset_s', 'participant', 'split'];
  return [
    head,
    ...written.map(({ clip, from: { video, startS, endS, peak } }): Cell[] => {
      const seconds = (time: number): number => roundSeconds(time - required(shifts.get(video.id), "a video's clock"));
      const isInside = peak !== null && peak.onset_s >= startS && peak.offset_s <= endS;
      const moments = isInside ? [seconds(peak.onset_s), seconds(peak.apex_s), seconds(peak.offset_s)] : [null, null, null];
      return [video.path, nameOf(clip), seconds(startS), seconds(endS), ...moments, clip.participant, clip.split];
    }),
  ];
}

const PROVENANCE = [
  ...['clip', 'label', 'split', 'fold', 'participant', 'video', 'video_sha256', 'face_id', 'start_s', 'end_s', 'layer', 'original_label', 'made_by', 'made_at'],
  ...['proposal_id', 'model_sha256', 'confidence', 'agreement'],
];

/** The origin of every label. An anonymous set contains no hashes and no names of people. */
function provenanceRows(written: readonly PlannedClip[], { anonymise, layer }: FineTuningOptions): Cell[][] {
  const videoCode = numbered(
    'V',
    written.map(({ from }) => from.video.id),
  );
  const coderCode = numbered(
    'C',
    written.map(({ from }) => from.segment.made_by),
  );
  return [
    PROVENANCE,
    ...written.map(({ clip, from: { video, segment, original, startS, endS, agreement } }): Cell[] => [
      ...[clip.name, nameOf(clip), clip.split, clip.fold + 1, clip.participant],
      ...(anonymise ? [videoCode(video.id), null] : [video.name, video.sha256]),
      ...[segment.face_id, startS, endS, anonymise && layer !== 'model' && layer !== 'adjudicated' ? 'coder' : layer, original],
      ...[anonymise ? coderCode(segment.made_by) : segment.made_by, segment.made_at, segment.proposal_id, segment.model_sha256],
      ...[segment.confidence, agreement],
    ]),
  ];
}

/** Returns a function that gives each distinct value a code, such as V001, in alphabetical order of the values. */
function numbered(prefix: string, values: readonly string[]): (value: string) => string {
  const codes = new Map([...new Set(values)].sort().map((value, i) => [value, `${prefix}${String(i + 1).padStart(3, '0')}`]));
  return (value) => required(codes.get(value), 'a code');
}

const nameOf = ({ label }: SetClip): string | null => (label === null ? null : expressionAt(label));

function reportOf(written: readonly PlannedClip[], notes: readonly Notice[], { layer }: FineTuningOptions): FineTuningReport {
  const inSplit = (split: (typeof SPLITS)[number]): PlannedClip[] => written.filter(({ clip }) => clip.split === split);
  const count = (split: (typeof SPLITS)[number], label: number): number => inSplit(split).filter(({ clip }) => clip.label === label).length;
  const people = (split: (typeof SPLITS)[number]): number => new Set(inSplit(split).map(({ from }) => from.person)).size;
  const balance = EXPRESSIONS.map((label, i) => ({ label, train: count('train', i), validation: count('validation', i), test: count('test', i) }));
  const unitsAlone = (split: (typeof SPLITS)[number]): number => inSplit(split).filter(({ clip }) => clip.label === null).length;
  const isUnitsAlone = written.every(({ clip }) => clip.label === null);
  const missing = isUnitsAlone ? [] : balance.filter(({ train }) => train === 0).map(({ label }) => label);
  const more = [
    ...(missing.length > 0 ? [notice('set/missing-classes', { labels: missing })] : []),
    ...(written.some(({ from }) => !from.isPersonKnown) ? [notice('set/no-participants', {})] : []),
    ...(layer === 'model' ? [notice('set/proposals', {})] : []),
  ];
  return {
    clips: written.length,
    balance,
    unitClips: { train: unitsAlone('train'), validation: unitsAlone('validation'), test: unitsAlone('test') },
    people: { train: people('train'), validation: people('validation'), test: people('test') },
    notes: [...notes, ...more],
  };
}

/** How to train with a set of each form; DIR is its folder. */
export const TRAINING_HINTS: Readonly<Record<FineTuningOptions['form'], string>> = {
  references: 'Train with: adatosk train --data DIR/clips.csv. The videos must stay where they are.',
  faces: 'Train with: adatosk train --data DIR.',
  videomae: 'Train with VideoMAE, started in DIR, because the lists have paths from there: run_class_finetuning.py --data_path . --nb_classes 7.',
  frames: 'Train with MAE-DFER, started in DIR, because the lists have paths from there: run_class_finetuning.py --data_path . --nb_classes 7.',
  dfew: 'Train with a loader of DFEW whose data folder is DIR.',
  videofolder: "Load with Hugging Face: load_dataset('videofolder', data_dir='DIR'). The labels are texts; their numbers are the places in classes.txt.",
};

/** Content of README.md, the dataset card. */
function cardOf({ clips, balance, unitClips, people, notes }: FineTuningReport, options: FineTuningOptions): string {
  const counts = [...balance, ...(Object.values(unitClips).some((count) => count > 0) ? [{ label: 'action units alone', ...unitClips }] : [])];
  const rows = counts.map(({ label, train, validation, test }) => `| ${label} | ${train} | ${validation} | ${test} |`);
  return [
    '---\ntask_categories:\n  - video-classification\n---\n',
    `# Fine-tuning set: ${clips} clips\n`,
    `Made by AdaTosk Studio from the labels of ${options.anonymise && !['model', 'adjudicated'].includes(options.layer) ? 'one coder' : `«${options.layer}»`}, form «${options.form}», ${options.window === 'segment' ? 'whole segments' : `${options.window} s around the apex`}, seed ${options.seed}.`,
    `Parts hold different people: ${people.train} in training, ${people.validation} in validation, ${people.test} in test.\n`,
    '| class | train | validation | test |',
    '| ----- | ----- | ---------- | ---- |',
    ...rows,
    '',
    `classes.txt has the classes in the order of their numbers, from ${options.form === 'dfew' ? 1 : 0}, also those without a clip.`,
    `${TRAINING_HINTS[options.form]}\n`,
    ...(notes.length > 0 ? ['## Notes\n', ...sentencesOf(notes).map((note) => `- ${note}`), ''] : []),
    '## Before you use it\n',
    'Faces are personal data. Whoever is seen must have agreed to what is done with them; `anonymise` replaces names, not faces.',
    'A label is what a person saw in a face, not what was felt. provenance.csv says who gave each one, from which proposal of which model.',
    '',
  ].join('\n');
}

import type { TrainingMaterial } from '../../../shared/contract/training.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { FineTuningOptions } from '../../../shared/domain/fine-tuning.ts';
import { coveredSeconds } from '../../../shared/annotation/review-order.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import { videoSpan } from '../../project/recorded-results.ts';
import { layerNames, layersOf, listSchemes, newestRun, readLayer } from '../../project/review.ts';
import { knownFaces, subjectsOf } from '../../project/subjects.ts';
import type { PeakRow, SegmentRow, VideoRow } from '../../project/store/schema.ts';

/** A label that is selected for a set. Times are seconds of the video. */
export interface ChosenLabel {
  readonly video: VideoRow;
  /** The model run whose timeline contains the face boxes; null if the video was not analysed. */
  readonly run: string | null;
  readonly segment: SegmentRow;
  /** Index into EXPRESSIONS. */
  readonly label: number;
  readonly startS: number;
  readonly endS: number;
  readonly peak: PeakRow | null;
  /** Code of the participant, or the name of the video and face if the face has none. */
  readonly person: string;
  readonly isPersonKnown: boolean;
  /** Share of the other coders who assigned the same label; null without other coders. */
  readonly agreement: number | null;
}

/** Shorter clips do not show enough change. */
const SHORTEST_S = 0.3;

/**
 * Selects the labels of a layer for a set, sorted by video and time. The notes state the reasons for omitted labels.
 * @throws StudioError 'wrong-usage' if no label is left
 */
export function chooseLabels(db: ProjectDatabase, options: FineTuningOptions): { chosen: ChosenLabel[]; notes: Notice[] } {
  const { chosen, notes } = usableLabels(db, options);
  if (chosen.length === 0) throw new StudioError('wrong-usage/no-label-for-set', { layer: options.layer, notes });
  return { chosen, notes };
}

/** Counts the labels and people that a fine-tuning would use, before it starts. */
export function trainingMaterial(db: ProjectDatabase, options: FineTuningOptions): TrainingMaterial {
  const { chosen, notes } = usableLabels(db, options);
  const countPeople = (labels: readonly ChosenLabel[]): number => new Set(labels.map(({ person }) => person)).size;
  return {
    classes: EXPRESSIONS.map((_, label) => chosen.filter((each) => each.label === label)).map((each) => ({ labels: each.length, people: countPeople(each) })),
    people: countPeople(chosen),
    unnamed: new Set(chosen.filter(({ isPersonKnown }) => !isPersonKnown).map(({ video }) => video.id)).size,
    notes,
  };
}

function usableLabels(db: ProjectDatabase, options: FineTuningOptions): { chosen: ChosenLabel[]; notes: Notice[] } {
  const nameOf = layerNames(db);
  const personOf = peopleOf(db);
  const classOf = classesOf(db, options.mapping);
  const chosen: ChosenLabel[] = [];
  const omitted = new Map<string, { reason: (count: number) => Notice; count: number }>();
  const omit = (key: string, reason: (count: number) => Notice): void => void omitted.set(key, { reason, count: (omitted.get(key)?.count ?? 0) + 1 });
  for (const video of allVideos(db)) {
    const layers = layersOf(db, video.id);
    const layer = layers.findLast((each) => nameOf(each) === options.layer);
    if (layer === undefined) continue;
    const run = newestRun(layers);
    const { segments, peaks } = readLayer(db, layer.id);
    const bounds = videoSpan(db, video);
    const others = layers.filter(({ kind, id }) => kind === 'coder' && id !== layer.id).map(({ id }) => readLayer(db, id).segments);
    for (const segment of segments) {
      const label = classOf(segment.label);
      const agreement = others.length === 0 ? null : others.filter((each) => hasSameLabel(segment, each)).length / others.length;
      if (label === null) omit(`class ${segment.label}`, (count) => notice('set/no-class', { count, label: segment.label }));
      else if (segment.confidence !== null && segment.confidence < options.minConfidence)
        omit('confidence', (count) => notice('set/confidence', { count, limit: options.minConfidence }));
      else if (options.minAgreement > 0 && (agreement ?? 0) < options.minAgreement)
        omit('agreement', (count) => notice('set/agreement', { count, limit: options.minAgreement }));
      else {
        const peak = peaks.find((each) => each.face_id === segment.face_id && each.apex_s >= segment.start_s && each.apex_s < segment.end_s) ?? null;
        const span = windowOf(segment, peak, options.window, bounds);
        if (span.endS - span.startS < SHORTEST_S) omit('short', (count) => notice('set/short', { count, limit: SHORTEST_S }));
        else chosen.push({ video, run, segment, label, ...span, peak, ...personOf(video, segment.face_id), agreement });
      }
    }
  }
  return { chosen, notes: [...[...omitted.values()].map(({ reason, count }) => reason(count)), ...contradictions(chosen)] };
}

/** Names the person of a face: by the participant's code, else by the video and face. Two videos with one name are told apart. */
function peopleOf(db: ProjectDatabase): (video: VideoRow, face: number) => Pick<ChosenLabel, 'person' | 'isPersonKnown'> {
  const subjectOf = subjectsOf(db);
  const names = Map.groupBy(allVideos(db), ({ name }) => name);
  return (video, face) => {
    const { participant } = subjectOf(video, face);
    if (participant !== '') return { person: participant, isPersonKnown: true };
    const name = names.get(video.name)?.length === 1 ? video.name : video.path;
    return { person: knownFaces(db, video.id).length > 1 ? `${name} face ${face}` : name, isPersonKnown: false };
  };
}

/** A note about labels of one face that overlap and have different classes: a network would learn both for the same pictures. */
function contradictions(chosen: readonly ChosenLabel[]): Notice[] {
  const videos = new Set<string>();
  let count = 0;
  for (const labels of Map.groupBy(chosen, ({ video, segment }) => `${segment.face_id} ${video.id}`).values()) {
    const order = labels.toSorted((a, b) => a.startS - b.startS);
    for (const [i, label] of order.entries()) {
      for (let j = i + 1; j < order.length; j++) {
        const later = order[j];
        if (later === undefined || later.startS >= label.endS) break;
        if (later.label === label.label) continue;
        count += 1;
        videos.add(label.video.name);
      }
    }
  }
  return count === 0 ? [] : [notice('set/contradictory', { count, videos: [...videos] })];
}

/** Maps a label to its class: by the mapping of the request, else by that of the coding scheme. */
function classesOf(db: ProjectDatabase, mapping: FineTuningOptions['mapping']): (label: string) => number | null {
  const known = new Map(listSchemes(db).flatMap(({ labels }) => labels.map(({ name, maps_to }) => [name, maps_to] as const)));
  return (label) => {
    const name = mapping[label] === undefined ? (known.get(label) ?? label) : mapping[label];
    const index = (EXPRESSIONS as readonly (string | null)[]).indexOf(name);
    return index < 0 ? null : index;
  };
}

/** Whether another coder's segments with the same label cover at least half of a segment. */
function hasSameLabel(segment: SegmentRow, others: readonly SegmentRow[]): boolean {
  const same = others.filter(({ label }) => label === segment.label);
  return coveredSeconds(segment, same) >= 0.5 * (segment.end_s - segment.start_s);
}

function windowOf(
  { start_s, end_s }: SegmentRow,
  peak: PeakRow | null,
  window: FineTuningOptions['window'],
  bounds: { readonly startS: number; readonly endS: number | null },
): { startS: number; endS: number } {
  if (window === 'segment') return { startS: start_s, endS: end_s };
  const middle = peak?.apex_s ?? (start_s + end_s) / 2;
  return { startS: Math.max(bounds.startS, middle - window / 2), endS: Math.min(bounds.endS ?? Infinity, middle + window / 2) };
}

import { ACTION_UNITS } from '../../../shared/domain/action-units.ts';
import { required } from '../../../shared/basics/required.ts';
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
import type { ClipUnits, CodedUnit } from './fine-tuning-units.ts';
import { codedUnit, spansOfUnits, unitsWithin } from './fine-tuning-units.ts';

/** A label that is selected for a set. Times are seconds of the video. */
export interface ChosenLabel {
  readonly video: VideoRow;
  /** The model run whose timeline contains the face boxes; null if the video was not analysed. */
  readonly run: string | null;
  readonly segment: SegmentRow;
  /** Index into EXPRESSIONS; null for a clip of action units alone. */
  readonly label: number | null;
  /** What the coder labelled. */
  readonly original: string;
  /** What is known of the action units, in seconds of the video; null where the coder codes none in this video. */
  readonly units: ClipUnits | null;
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
    units: unitMaterial(chosen),
    people: countPeople(chosen),
    unnamed: new Set(chosen.filter(({ isPersonKnown }) => !isPersonKnown).map(({ video }) => video.id)).size,
    notes,
  };
}

/** Counts the labels of each action unit. */
function unitMaterial(chosen: readonly ChosenLabel[]): TrainingMaterial['units'] {
  const labels = chosen.flatMap(({ units, person }) => (units?.events ?? []).map(({ unit, segment }) => ({ unit, id: segment.id, person })));
  return ACTION_UNITS.flatMap((unit) => {
    const own = labels.filter((each) => each.unit === unit);
    return own.length === 0 ? [] : [{ unit, labels: new Set(own.map(({ id }) => id)).size, people: new Set(own.map(({ person }) => person)).size }];
  });
}

function usableLabels(db: ProjectDatabase, options: FineTuningOptions): { chosen: ChosenLabel[]; notes: Notice[] } {
  const nameOf = layerNames(db);
  const personOf = peopleOf(db);
  const classOf = classesOf(db, options.mapping);
  const takesUnits = options.form === 'faces';
  const coded: VideoUnits[] = [];
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
    const units: CodedUnit[] = [];
    if (takesUnits) coded.push({ video, run, bounds, units });
    for (const segment of segments) {
      const label = classOf(segment.label);
      const agreement = others.length === 0 ? null : others.filter((each) => hasSameLabel(segment, each)).length / others.length;
      const unit = takesUnits ? codedUnit(segment, options.minAgreement === 0 || (agreement ?? 0) >= options.minAgreement) : null;
      if (unit !== null) units.push(unit);
      if (label === null && unit !== null) continue;
      if (label === null) omit(`class ${segment.label}`, (count) => notice('set/no-class', { count, label: segment.label }));
      else if (segment.confidence !== null && segment.confidence < options.minConfidence)
        omit('confidence', (count) => notice('set/confidence', { count, limit: options.minConfidence }));
      else if (options.minAgreement > 0 && (agreement ?? 0) < options.minAgreement)
        omit('agreement', (count) => notice('set/agreement', { count, limit: options.minAgreement }));
      else {
        const peak = peaks.find((each) => each.face_id === segment.face_id && each.apex_s >= segment.start_s && each.apex_s < segment.end_s) ?? null;
        const span = windowOf(segment, peak, options.window, bounds);
        if (span.endS - span.startS < SHORTEST_S) omit('short', (count) => notice('set/short', { count, limit: SHORTEST_S }));
        else
          chosen.push({
            ...{ video, run, segment, label, original: segment.label, units: null, ...span, peak, ...personOf(video, segment.face_id), agreement },
          });
      }
    }
  }
  const all = withUnits(chosen, coded, personOf);
  const unitLabels = coded.flatMap(({ units }) => units);
  const unitNotes = unitLabels.length === 0 ? [] : [notice('set/units', { count: unitLabels.length, units: unitNames(unitLabels) })];
  return { chosen: all, notes: [...[...omitted.values()].map(({ reason, count }) => reason(count)), ...contradictions(chosen), ...unitNotes] };
}

/** The action units that the layer has in one video. */
interface VideoUnits extends Pick<ChosenLabel, 'video' | 'run'> {
  readonly bounds: ReturnType<typeof videoSpan>;
  readonly units: readonly CodedUnit[];
}

const unitNames = (units: readonly CodedUnit[]): string[] => [...new Set(units.map(({ unit }) => unit))].sort((a, b) => a - b).map((unit) => `AU${unit}`);

/**
 * Adds what is known of action units to the chosen labels, and a clip for each span that shows action units alone. Units that the layer has
 * nowhere are unknown, not absent: its coder may not code them.
 */
function withUnits(chosen: readonly ChosenLabel[], coded: readonly VideoUnits[], personOf: ReturnType<typeof peopleOf>): ChosenLabel[] {
  const known = [...new Set(coded.flatMap(({ units }) => units.map(({ unit }) => unit)))].sort((a, b) => a - b);
  const byVideo = new Map(coded.map((each) => [each.video.id, each]));
  const ofFace = (video: string, face: number): CodedUnit[] => (byVideo.get(video)?.units ?? []).filter(({ segment }) => segment.face_id === face);
  const labels = chosen.map((each): ChosenLabel => {
    if ((byVideo.get(each.video.id)?.units.length ?? 0) === 0) return each;
    return { ...each, units: unitsWithin(ofFace(each.video.id, each.segment.face_id), known, each) };
  });
  const alone = coded.flatMap(({ video, run, bounds, units }) =>
    [...Map.groupBy(units, ({ segment }) => segment.face_id)].flatMap(([face, own]) => {
      const clips = chosen.filter((each) => each.video.id === video.id && each.segment.face_id === face);
      return spansOfUnits(own, clips, bounds).map((span): ChosenLabel => {
        const within = unitsWithin(own, known, span);
        const events = own.filter(({ startS, endS }) => startS < span.endS && endS > span.startS);
        const { segment } = required(events[0] ?? own[0], 'an action unit');
        const original = [...new Set(events.map((event) => event.segment.label))].join(' ');
        return { video, run, segment, label: null, original, units: within, ...span, peak: null, ...personOf(video, face), agreement: null };
      });
    }),
  );
  const order = new Map(coded.map(({ video }, i) => [video.id, i]));
  const at = ({ video }: ChosenLabel): number => order.get(video.id) ?? 0;
  return alone.length === 0 ? labels : [...labels, ...alone].sort((a, b) => at(a) - at(b) || a.startS - b.startS);
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

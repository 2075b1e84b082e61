import type { TrainingMaterial } from '../../../shared/contract/training.ts';
import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { StudioError } from '../../../shared/app/errors.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { FineTuningOptions } from '../../../shared/domain/fine-tuning.ts';
import { coveredSeconds } from '../../../shared/annotation/review-order.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import { layerNames, layersOf, listParticipants, listSchemes, newestRun, readLayer } from '../../project/review.ts';
import type { PeakRow, SegmentRow, VideoRow } from '../../project/store/schema.ts';

/** A label that goes into a set. Times are seconds of the video. */
export interface ChosenLabel {
  readonly video: VideoRow;
  /** The model run whose timeline tells where the face is; null where the video was never analysed. */
  readonly run: string | null;
  readonly segment: SegmentRow;
  /** Index into EXPRESSIONS. */
  readonly label: number;
  readonly startS: number;
  readonly endS: number;
  readonly peak: PeakRow | null;
  /** Code of the person; the video's name where nobody has said. */
  readonly person: string;
  readonly isPersonKnown: boolean;
  /** Share of the other coders who say the same; null where there is none. */
  readonly agreement: number | null;
}

/** Shorter clips show nothing that changes. */
const SHORTEST_S = 0.3;

/**
 * The labels of a layer that a set is made from, in the order of videos and time, and notes on what was left out.
 * @throws StudioError 'wrong-usage' where none is left
 */
export function chooseLabels(db: ProjectDatabase, options: FineTuningOptions): { chosen: ChosenLabel[]; notes: Notice[] } {
  const { chosen, notes } = usableLabels(db, options);
  if (chosen.length === 0) throw new StudioError('wrong-usage/no-label-for-set', { layer: options.layer, notes });
  return { chosen, notes };
}

/** What a model would learn from: told before anybody waits for it. */
export function trainingMaterial(db: ProjectDatabase, options: FineTuningOptions): TrainingMaterial {
  const { chosen, notes } = usableLabels(db, options);
  const peopleOf = (labels: readonly ChosenLabel[]): number => new Set(labels.map(({ person }) => person)).size;
  return {
    classes: EXPRESSIONS.map((_, label) => chosen.filter((each) => each.label === label)).map((each) => ({ labels: each.length, people: peopleOf(each) })),
    people: peopleOf(chosen),
    unnamed: new Set(chosen.filter(({ isPersonKnown }) => !isPersonKnown).map(({ video }) => video.id)).size,
    notes,
  };
}

function usableLabels(db: ProjectDatabase, options: FineTuningOptions): { chosen: ChosenLabel[]; notes: Notice[] } {
  const nameOf = layerNames(db);
  const people = new Map(listParticipants(db).map(({ id, code }) => [id, code]));
  const classOf = classesOf(db, options.mapping);
  const chosen: ChosenLabel[] = [];
  const left = new Map<string, { why: (count: number) => Notice; count: number }>();
  const leave = (key: string, why: (count: number) => Notice): void => void left.set(key, { why, count: (left.get(key)?.count ?? 0) + 1 });
  for (const video of allVideos(db)) {
    const layers = layersOf(db, video.id);
    const layer = layers.findLast((each) => nameOf(each) === options.layer);
    if (layer === undefined) continue;
    const run = newestRun(layers);
    const { segments, peaks } = readLayer(db, layer.id);
    const others = layers.filter(({ kind, id }) => kind === 'coder' && id !== layer.id).map(({ id }) => readLayer(db, id).segments);
    for (const segment of segments) {
      const label = classOf(segment.label);
      const agreement = others.length === 0 ? null : others.filter((theirs) => saysTheSame(segment, theirs)).length / others.length;
      if (label === null) leave(`class ${segment.label}`, (count) => notice('set/no-class', { count, label: segment.label }));
      else if (segment.confidence !== null && segment.confidence < options.minConfidence)
        leave('confidence', (count) => notice('set/confidence', { count, limit: options.minConfidence }));
      else if (options.minAgreement > 0 && (agreement ?? 0) < options.minAgreement)
        leave('agreement', (count) => notice('set/agreement', { count, limit: options.minAgreement }));
      else {
        const peak = peaks.find((each) => each.face_id === segment.face_id && each.apex_s >= segment.start_s && each.apex_s < segment.end_s) ?? null;
        const span = windowOf(segment, peak, options.window, video.duration_s);
        const person = people.get(video.participant_id ?? '');
        if (span.endS - span.startS < SHORTEST_S) leave('short', (count) => notice('set/short', { count, limit: SHORTEST_S }));
        else chosen.push({ video, run, segment, label, ...span, peak, person: person ?? video.name, isPersonKnown: person !== undefined, agreement });
      }
    }
  }
  return { chosen, notes: [...left.values()].map(({ why, count }) => why(count)) };
}

/** By the label's mapping in its scheme, unless the request says otherwise. */
function classesOf(db: ProjectDatabase, mapping: FineTuningOptions['mapping']): (label: string) => number | null {
  const known = new Map(listSchemes(db).flatMap(({ labels }) => labels.map(({ name, maps_to }) => [name, maps_to] as const)));
  return (label) => {
    const name = label in mapping ? mapping[label]! : (known.get(label) ?? label);
    const index = (EXPRESSIONS as readonly (string | null)[]).indexOf(name);
    return index < 0 ? null : index;
  };
}

function saysTheSame(segment: SegmentRow, theirs: readonly SegmentRow[]): boolean {
  const same = theirs.filter(({ label }) => label === segment.label);
  return coveredSeconds(segment, same) >= 0.5 * (segment.end_s - segment.start_s);
}

function windowOf(
  { start_s, end_s }: SegmentRow,
  peak: PeakRow | null,
  window: FineTuningOptions['window'],
  durationS: number | null,
): { startS: number; endS: number } {
  if (window === 'segment') return { startS: start_s, endS: end_s };
  const middle = peak?.apex_s ?? (start_s + end_s) / 2;
  return { startS: Math.max(0, middle - window / 2), endS: Math.min(durationS ?? Infinity, middle + window / 2) };
}

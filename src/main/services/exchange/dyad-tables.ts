import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';
import { coOccurrences, DEFAULT_SYNCHRONY, intersection, laggedSynchrony } from '../../../shared/statistics/dyads.ts';
import type { ObservedFace } from '../../../shared/statistics/summaries.ts';
import { personKey } from '../../../shared/statistics/summaries.ts';
import type { Cell } from '../../formats/tables.ts';

export const CO_OCCURRENCE_COLUMNS = [
  ...(['video', 'layer', 'participant', 'other_participant', 'face_id', 'other_face_id', 'label', 'other_label'] as const),
  ...(['observed_s', 'seconds', 'expected_s', 'ratio', 'video_id', 'path'] as const),
] as const;
export const SYNCHRONY_COLUMNS = [
  ...(['video', 'participant', 'other_participant', 'face_id', 'other_face_id', 'label', 'lag_s', 'r', 'windows'] as const),
  ...(['surrogate_low', 'surrogate_high', 'video_id', 'path'] as const),
] as const;

/** More people would give hundreds of pairs. */
const MOST_PEOPLE = 6;

/** The faces of one person of a video. */
interface Person {
  readonly first: ObservedFace;
  readonly faces: ObservedFace[];
}

/** Collects the tables of pairs of people, video by video. */
export class DyadTables {
  readonly coOccurrence: Cell[][] = [];
  readonly synchrony: Cell[][] = [];

  /** @param faces all faces of one video in one layer */
  add(layer: string, faces: readonly ObservedFace[]): void {
    const people = [
      ...Map.groupBy(
        faces.filter(({ missing }) => missing !== 'not-a-participant'),
        personKey,
      ).values(),
    ].flatMap((own): Person[] => {
      const [first] = own;
      return first === undefined ? [] : [{ first, faces: own }];
    });
    const chosen = people.toSorted((a, b) => seen(b) - seen(a)).slice(0, MOST_PEOPLE);
    for (const [i, first] of chosen.entries()) for (const second of chosen.slice(i + 1)) this.#addPair(layer, first, second);
  }

  #addPair(layer: string, first: Person, second: Person): void {
    const { video, videoId, path } = first.first;
    const who = [first.first.participant, second.first.participant, first.first.face, second.first.face];
    const observedS = intersection(visibleSpans(first), visibleSpans(second));
    const segmentsOf = ({ faces }: Person): ObservedFace['segments'] => faces.flatMap(({ segments }) => segments);
    for (const each of coOccurrences(segmentsOf(first), segmentsOf(second), observedS))
      this.coOccurrence.push([
        ...[video, layer, ...who, each.first, each.second],
        ...[observedS, each.seconds, each.expectedS, each.ratio].map((value) => (value === null ? null : roundSeconds(value))),
        ...[videoId, path],
      ]);
    for (const { label, valueOf } of COURSES) {
      const { values, rate } = courses(first, second, valueOf);
      for (const { lagS, r, windows, surrogateLow, surrogateHigh } of laggedSynchrony(values[0], values[1], rate, DEFAULT_SYNCHRONY))
        this.synchrony.push([
          video,
          ...who,
          label,
          roundSeconds(lagS),
          roundSeconds(r),
          windows,
          ...[surrogateLow, surrogateHigh].map(roundSeconds),
          videoId,
          path,
        ]);
    }
  }
}

/** The courses that are correlated: intensity (1 minus the probability of neutral) and the probability of each expression. */
const COURSES: readonly { label: string; valueOf: (share: (label: string) => number) => number }[] = [
  { label: 'intensity', valueOf: (share) => 1 - share('neutral') },
  ...EXPRESSIONS.filter((label) => label !== 'neutral').map((label) => ({ label, valueOf: (share: (label: string) => number) => share(label) })),
];

const seen = ({ faces }: Person): number => faces.reduce((sum, { observedS }) => sum + observedS, 0);

/** The time in which a person is visible, in order; the whole video for a person whom no run tracked. */
function visibleSpans({ first, faces }: Person): { startS: number; endS: number }[] {
  const spans = faces.flatMap(({ visible }) => {
    if (visible === null) return [{ startS: first.startS, endS: first.endS }];
    const [values] = Object.values(visible.shares);
    const count = visible.times.length / 2;
    return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
      values === undefined || Number.isNaN(values[i]) ? [] : [{ startS: visible.times[i] ?? 0, endS: visible.times[count + i] ?? 0 }],
    );
  });
  return spans.sort((a, b) => a.startS - b.startS);
}

/** The courses of two people on one clock of equal slots; NaN where a person is not visible. */
function courses(first: Person, second: Person, valueOf: (share: (label: string) => number) => number): { values: [Float64Array, Float64Array]; rate: number } {
  const slots = [first, second].flatMap(({ faces }) => faces.flatMap((face) => (face.slots === null ? [] : [face.slots])));
  const lengths = slots.flatMap(({ times }) => (times.length >= 2 ? [(times[times.length / 2] ?? 0) - (times[0] ?? 0)] : []));
  const slotS = lengths[0] ?? 0;
  if (slotS <= 0) return { values: [new Float64Array(), new Float64Array()], rate: 1 };
  const [startS, endS] = [first.first.startS, first.first.endS];
  const samples = Math.ceil((endS - startS) / slotS);
  const course = ({ faces }: Person): Float64Array => {
    const values = new Float64Array(samples).fill(NaN);
    for (const { slots: own } of faces) {
      if (own === null) continue;
      for (let i = 0; i < own.times.length / 2; i++) {
        const at = Math.round(((own.times[i] ?? 0) - startS) / slotS);
        const value = valueOf((label) => own.shares[label]?.[i] ?? NaN);
        if (at >= 0 && at < samples && !Number.isNaN(value)) values[at] = value;
      }
    }
    return values;
  };
  return { values: [course(first), course(second)], rate: 1 / slotS };
}

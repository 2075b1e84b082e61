import type { CoOccurrence, CourseName, LagCorrelation } from '../../../shared/statistics/dyads.ts';
import { coOccurrences, intersection, laggedSynchrony } from '../../../shared/statistics/dyads.ts';
import { joinedSpans, totalSeconds } from '../../../shared/statistics/excluded.ts';
import type { ObservedFace } from '../../../shared/statistics/summaries.ts';
import { personKey } from '../../../shared/statistics/summaries.ts';
import type { TrialSpan } from '../../../shared/statistics/trials.ts';

/** More people would give hundreds of pairs. */
const MOST_PEOPLE = 6;

/** The faces of one person of a video. */
export interface Person {
  /** See `personKey`. */
  readonly key: string;
  readonly first: ObservedFace;
  readonly faces: readonly ObservedFace[];
}

/** Two people of one video who are visible at the same time. */
export interface Dyad {
  readonly people: readonly [Person, Person];
  /** The time in which both are visible, in order. */
  readonly together: readonly TrialSpan[];
}

/**
 * Pairs of the people of one video, those who are longest in the picture first. People who do not take part are left out, and so are
 * pairs who are never visible together: a person who leaves and returns with another face id would be beside themselves.
 * @param faces all faces of one video in one layer
 */
export function dyadsOf(faces: readonly ObservedFace[]): Dyad[] {
  const taking = faces.filter(({ missing }) => missing !== 'not-a-participant');
  const people = [...Map.groupBy(taking, personKey)]
    .flatMap(([key, own]): (Person & { spans: TrialSpan[] })[] => {
      const [first] = own;
      return first === undefined ? [] : [{ key, first, faces: own, spans: visibleSpans(own) }];
    })
    .toSorted((a, b) => totalSeconds(b.spans) - totalSeconds(a.spans))
    .slice(0, MOST_PEOPLE);
  return people
    .flatMap((first, i) => people.slice(i + 1).map((second): Dyad => ({ people: [first, second], together: intersection(first.spans, second.spans) })))
    .filter(({ together }) => together.length > 0);
}

export function coOccurrencesOf({ people, together }: Dyad): CoOccurrence[] {
  const [first, second] = people.map(({ faces }) => faces.flatMap(({ segments }) => segments));
  return coOccurrences(first ?? [], second ?? [], together);
}

/** Lagged synchrony of a course of both people, lag by lag; none without probabilities. */
export function* synchronyOf({ people: [first, second] }: Dyad, course: CourseName): Generator<LagCorrelation> {
  const slots = [first, second].flatMap(({ faces }) => faces.flatMap((face) => (face.slots === null ? [] : [face.slots])));
  const lengths = slots.flatMap(({ times }) => (times.length >= 2 ? [(times[times.length / 2] ?? 0) - (times[0] ?? 0)] : []));
  const slotS = lengths[0] ?? 0;
  if (slotS <= 0) return;
  yield* laggedSynchrony(valuesOf(first, course, slotS), valuesOf(second, course, slotS), 1 / slotS);
}

/** A person's course on a clock of equal slots from the start of the video; NaN where they are not visible. */
function valuesOf({ first, faces }: Person, course: CourseName, slotS: number): Float64Array {
  const values = new Float64Array(Math.ceil((first.endS - first.startS) / slotS)).fill(NaN);
  for (const { slots } of faces) {
    if (slots === null) continue;
    const shares = slots.shares[course === 'intensity' ? 'neutral' : course];
    for (let i = 0; i < slots.times.length / 2; i++) {
      const at = Math.round(((slots.times[i] ?? 0) - first.startS) / slotS);
      const share = shares?.[i] ?? NaN;
      if (at >= 0 && at < values.length && !Number.isNaN(share)) values[at] = course === 'intensity' ? 1 - share : share;
    }
  }
  return values;
}

/** The time in which a person is visible, in order; the whole video for a face that no run tracked. */
function visibleSpans(faces: readonly ObservedFace[]): TrialSpan[] {
  return joinedSpans(
    faces.flatMap(({ visible, startS, endS }) => {
      if (visible === null) return [{ startS, endS }];
      const [values] = Object.values(visible.shares);
      const count = visible.times.length / 2;
      return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
        values === undefined || Number.isNaN(values[i]) ? [] : [{ startS: visible.times[i] ?? 0, endS: visible.times[count + i] ?? 0 }],
      );
    }),
  );
}

import { roundSeconds } from '../../../shared/domain/time.ts';
import { COURSES } from '../../../shared/statistics/dyads.ts';
import { totalSeconds } from '../../../shared/statistics/excluded.ts';
import type { ObservedFace } from '../../../shared/statistics/summaries.ts';
import type { Cell } from '../../formats/tables.ts';
import type { Dyad } from './dyads.ts';
import { coOccurrencesOf, dyadsOf, synchronyOf } from './dyads.ts';

export const CO_OCCURRENCE_COLUMNS = [
  ...(['video', 'layer', 'participant', 'other_participant', 'face_id', 'other_face_id', 'label', 'other_label'] as const),
  ...(['observed_s', 'seconds', 'expected_s', 'ratio', 'video_id', 'path'] as const),
] as const;
export const SYNCHRONY_COLUMNS = [
  ...(['video', 'participant', 'other_participant', 'face_id', 'other_face_id', 'label', 'lag_s', 'r', 'windows'] as const),
  ...(['surrogate_low', 'surrogate_high', 'video_id', 'path'] as const),
] as const;

/** Collects the tables of pairs of people, video by video. */
export class DyadTables {
  readonly coOccurrence: Cell[][] = [];
  readonly synchrony: Cell[][] = [];

  /** @param faces all faces of one video in one layer */
  add(layer: string, faces: readonly ObservedFace[]): void {
    for (const dyad of dyadsOf(faces)) this.#addPair(layer, dyad);
  }

  #addPair(layer: string, dyad: Dyad): void {
    const [{ first }, { first: second }] = dyad.people;
    const { video, videoId, path } = first;
    const who = [first.participant, second.participant, first.face, second.face];
    const observedS = totalSeconds(dyad.together);
    for (const each of coOccurrencesOf(dyad))
      this.coOccurrence.push([
        ...[video, layer, ...who, each.first, each.second],
        ...[observedS, each.seconds, each.expectedS, each.ratio].map((value) => (value === null ? null : roundSeconds(value))),
        ...[videoId, path],
      ]);
    for (const course of COURSES)
      for (const { lagS, r, windows, surrogateLow, surrogateHigh } of synchronyOf(dyad, course)) {
        const surrogates = [surrogateLow, surrogateHigh].map(roundSeconds);
        this.synchrony.push([video, ...who, course, roundSeconds(lagS), roundSeconds(r), windows, ...surrogates, videoId, path]);
      }
  }
}

import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../../shared/app/errors.ts';
import type { DyadFigures } from '../../../shared/contract/figures.ts';
import type { CourseName } from '../../../shared/statistics/dyads.ts';
import { totalSeconds } from '../../../shared/statistics/excluded.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { observedFaces } from '../analysis/observed-faces.ts';
import { coOccurrencesOf, dyadsOf, synchronyOf } from './dyads.ts';

export interface DyadRequest {
  readonly layer: string;
  /** Id of the video. */
  readonly video: string;
  /** Keys of both people, see `personKey`. */
  readonly people: readonly [string, string];
  readonly course: CourseName;
}

/**
 * Synchrony and co-occurrence of two people of one video, with the functions of the tables. Other calls are answered between two lags.
 * @throws StudioError 'wrong-usage' if both are no longer together in the video
 */
export async function dyadFigures(db: ProjectDatabase, { layer, video, people, course }: DyadRequest, signal?: AbortSignal): Promise<DyadFigures> {
  const dyad = dyadsOf([...observedFaces(db, { layer, videos: [video] })]).find((each) => each.people.every(({ key }, i) => key === people[i]));
  if (dyad === undefined) throw new StudioError('wrong-usage/nothing-of-layer', { layer });
  const lags: DyadFigures['lags'] = [];
  for (const lag of synchronyOf(dyad, course)) {
    lags.push(lag);
    await setImmediate();
    signal?.throwIfAborted();
  }
  return { lags, togetherS: totalSeconds(dyad.together), coOccurrences: coOccurrencesOf(dyad) };
}

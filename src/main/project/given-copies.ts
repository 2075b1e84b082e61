import type { ProjectDatabase } from './store/database.ts';
import type { VideoRow } from './store/schema.ts';

/** Copies that were given out to coders (migration 150), and how far each video is in them. */

type Review = VideoRow['review'];
const ORDER: readonly Review[] = ['new', 'in_review', 'done'];

/** Remembers a copy that was given out, with its videos. Those in which the coder has no labels yet are new for the coder. */
export function recordGivenCopy(db: ProjectDatabase, copyId: string, coderId: string, videos: readonly Pick<VideoRow, 'id' | 'review'>[]): void {
  db.transaction(() => {
    const begun = new Set(db.rows(db.sql.selectFrom('layer').select('video_id').where('coder_id', '=', coderId)).map((layer) => layer.video_id));
    db.run(db.sql.insertInto('given_copy').values({ copy_id: copyId, coder_id: coderId, given_at: new Date().toISOString(), merged_at: null }));
    for (const { id, review } of videos)
      db.run(db.sql.insertInto('given_video').values({ copy_id: copyId, video_id: id, review: begun.has(id) ? review : 'new' }));
  });
}

/** Forgets a copy that could not be finished. */
export function forgetGivenCopy(db: ProjectDatabase, copyId: string): void {
  db.run(db.sql.deleteFrom('given_copy').where('copy_id', '=', copyId));
}

/** Whether a copy was given out by this project. */
export const isGivenCopy = (db: ProjectDatabase, copyId: string): boolean =>
  db.row(db.sql.selectFrom('given_copy').select('copy_id').where('copy_id', '=', copyId)) !== undefined;

/** Name of the coder to whom a copy was given; null if that is not known. */
export function coderOfCopy(db: ProjectDatabase, copyId: string): string | null {
  const query = db.sql.selectFrom('given_copy').innerJoin('coder', 'coder.id', 'given_copy.coder_id').select('coder.name').where('copy_id', '=', copyId);
  return db.row(query)?.name ?? null;
}

/** State of a video that two copies changed: it is done only if it is done in both. The order of the two does not matter. */
export function reviewOfBoth(one: Review, other: Review): Review {
  if (one === other) return one;
  return one === 'new' ? other : other === 'new' ? one : 'in_review';
}

/**
 * Records how far the videos are in a copy that is merged. A video for which that has changed gets its state from all copies that have
 * it: it is done when all are done, and in review when one has begun.
 * @param reviews states of the videos in the copy, by video
 * @param now revision of changed videos, and the time of the merge
 * @returns the videos with another state in the copy than before
 */
export function recordReviewOfCopy(db: ProjectDatabase, copyId: string, reviews: ReadonlyMap<string, Review>, now: { clock: number; at: string }): string[] {
  const changed: string[] = [];
  db.run(db.sql.updateTable('given_copy').set({ merged_at: now.at }).where('copy_id', '=', copyId));
  for (const given of db.rows(db.sql.selectFrom('given_video').selectAll().where('copy_id', '=', copyId))) {
    const review = reviews.get(given.video_id);
    if (review === undefined || review === given.review) continue;
    changed.push(given.video_id);
    db.run(db.sql.updateTable('given_video').set({ review }).where('copy_id', '=', copyId).where('video_id', '=', given.video_id));
    const states = reviewsByCoder(db, given.video_id).map((each) => each.review);
    const together = states.every((each) => each === 'done') ? 'done' : states.some((each) => each !== 'new') ? 'in_review' : 'new';
    db.run(db.sql.updateTable('video').set({ review: together, revision: now.clock }).where('id', '=', given.video_id).where('review', '!=', together));
  }
  return changed;
}

/** Numbers of the videos of a coder. */
export interface GivenVideos {
  readonly given: number;
  readonly inReview: number;
  readonly done: number;
}

/** The videos that were given to each coder, by coder. */
export function givenVideos(db: ProjectDatabase): Map<string, GivenVideos> {
  const byCoder = Map.groupBy(reviewsByCoder(db), ({ coder }) => coder);
  return new Map(
    [...byCoder].map(([coder, own]) => {
      const count = (state: Review): number => own.filter(({ review }) => review === state).length;
      return [coder, { given: own.length, inReview: count('in_review'), done: count('done') }];
    }),
  );
}

/** How far each coder is with each video, or with one video. If a coder got several copies of a video, the one that is furthest counts. */
function reviewsByCoder(db: ProjectDatabase, video?: string): { coder: string; review: Review }[] {
  const all = db.sql
    .selectFrom('given_video')
    .innerJoin('given_copy', 'given_copy.copy_id', 'given_video.copy_id')
    .select(['given_copy.coder_id', 'given_video.video_id', 'given_video.review']);
  const furthest = new Map<string, { coder: string; review: Review }>();
  for (const { coder_id, video_id, review } of db.rows(video === undefined ? all : all.where('given_video.video_id', '=', video))) {
    const key = `${coder_id} ${video_id}`;
    const known = furthest.get(key);
    if (known === undefined || ORDER.indexOf(review) > ORDER.indexOf(known.review)) furthest.set(key, { coder: coder_id, review });
  }
  return [...furthest.values()];
}

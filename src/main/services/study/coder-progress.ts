import type { CoderProgress } from '../../../shared/contract/copies.ts';
import { givenVideos } from '../../project/given-copies.ts';
import { allVideos } from '../../project/library.ts';
import { listCoders } from '../../project/review.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { inProject } from '../../project/store/open-project.ts';

/** How far each coder is who has labels or got a copy. */
export function coderProgress(db: ProjectDatabase): CoderProgress[] {
  const videos = new Map(allVideos(db).map(({ id, review }) => [id, review]));
  const given = givenVideos(db);
  const [labels, peaks] = [countByCoder(db, 'segment'), countByCoder(db, 'peak')];
  const layers = db.rows(db.sql.selectFrom('layer').select(['coder_id', 'video_id']).where('kind', '=', 'coder'));
  const labelled = Map.groupBy(
    layers.filter(({ video_id }) => videos.has(video_id)),
    ({ coder_id }) => coder_id,
  );
  return listCoders(db)
    .filter(({ id }) => labelled.has(id) || given.has(id))
    .map(({ id, name }) => {
      const own = labelled.get(id) ?? [];
      const count = (state: 'in_review' | 'done'): number => own.filter(({ video_id }) => videos.get(video_id) === state).length;
      const states = given.get(id) ?? { given: null, inReview: count('in_review'), done: count('done') };
      return { coder: name, ...states, videos: own.length, labels: labels.get(id) ?? 0, peaks: peaks.get(id) ?? 0, of: videos.size };
    });
}

function countByCoder(db: ProjectDatabase, table: 'segment' | 'peak'): Map<string, number> {
  const query = db.sql
    .selectFrom(table as 'segment')
    .innerJoin('layer', 'layer.id', `${table}.layer_id` as 'segment.layer_id')
    .innerJoin('video', 'video.id', 'layer.video_id')
    .where('video.removed', '=', 0)
    .select(({ fn }) => ['layer.coder_id', fn.countAll<number>().as('rows')])
    .groupBy('layer.coder_id');
  return new Map(db.rows(query).map(({ coder_id, rows }) => [coder_id ?? '', rows]));
}

export const progressIn = (folder: string): Promise<CoderProgress[]> => inProject(folder, coderProgress);

import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ObservedFace, ObservedSlots } from '../../../shared/statistics/summaries.ts';
import { seriesOf } from '../../../shared/domain/timeline-columns.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import { readColumns } from '../../project/recorded-results.ts';
import { facesOf, layerNames, layersOf, newestRun, readLayer, subjectsOf } from '../../project/review.ts';

/** Whose labels, and in which videos. */
export interface Observation {
  /** 'model' (the newest run of each video), 'adjudicated' or a coder's name. */
  readonly layer: string;
  /** Ids; all of them where it is undefined. */
  readonly videos?: readonly string[] | undefined;
}

/** Every face that a layer speaks of, one video after the other: the timelines of a project do not fit into memory. */
export function* observedFaces(db: ProjectDatabase, { layer: wanted, videos }: Observation): Generator<ObservedFace> {
  const nameOf = layerNames(db);
  const subjectOf = subjectsOf(db);
  for (const video of allVideos(db)) {
    if (videos !== undefined && !videos.includes(video.id)) continue;
    const layers = layersOf(db, video.id);
    const layer = layers.findLast((each) => nameOf(each) === wanted);
    if (layer === undefined) continue;
    const run = newestRun(layers);
    const { segments, peaks } = readLayer(db, layer.id);
    const followed = run === null ? [] : facesOf(db, run, video.id).flatMap(({ face }) => (face > 0 ? [face] : []));
    const faces = new Set([...followed, ...[...segments, ...peaks].map(({ face_id }) => face_id)]);
    for (const face of [...faces].sort((a, b) => a - b)) {
      const slots = run !== null && followed.includes(face) ? slotsOf(db, run, video.id, face) : null;
      yield {
        ...{ video: video.name, ...subjectOf(video), face },
        observedS: slots === null ? (video.duration_s ?? 0) : seenSeconds(slots),
        segments: segments.flatMap(({ face_id, label, start_s, end_s }) => (face_id === face ? [{ label, startS: start_s, endS: end_s }] : [])),
        peaks: peaks.flatMap(({ face_id, label, apex_s }) => (face_id === face ? [{ label, apexS: apex_s }] : [])),
        // What the model measured is the model's, whoever labelled.
        slots: layer.kind === 'model' ? slots : null,
      };
    }
  }
}

function slotsOf(db: ProjectDatabase, run: string, video: string, face: number): ObservedSlots {
  const columns = readColumns(db, run, video, face);
  return { times: columns.times, shares: Object.fromEntries(EXPRESSIONS.map((name) => [name, seriesOf(columns, name)])) };
}

/** Time in which the face was there to be judged. */
function seenSeconds({ times, shares }: ObservedSlots): number {
  const first = shares[EXPRESSIONS[0]]!;
  return first.reduce((sum, value, i) => sum + (Number.isNaN(value) ? 0 : times[first.length + i]! - times[i]!), 0);
}

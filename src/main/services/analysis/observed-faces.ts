import { EXPRESSIONS } from '../../../shared/domain/expressions.ts';
import type { ObservedFace, ObservedSlots } from '../../../shared/statistics/summaries.ts';
import { faceOutside } from '../../../shared/statistics/excluded.ts';
import { visibleSeconds } from '../../../shared/statistics/trials.ts';
import { seriesOf } from '../../../shared/domain/timeline-columns.ts';
import type { ProjectDatabase } from '../../project/store/database.ts';
import { allVideos } from '../../project/library.ts';
import { videoSpan } from '../../project/recorded-results.ts';
import { excludedSpans } from '../../project/trials.ts';
import { layerNames, layersOf, newestRun, readLayer } from '../../project/review.ts';
import { subjectsOf } from '../../project/subjects.ts';
import { faceNumbers, readColumns } from '../../project/tracked-faces.ts';

/** A layer, and the videos to read it from. */
export interface Observation {
  /** 'model' (the newest run of each video), 'adjudicated' or a coder's name. */
  readonly layer: string;
  /** Ids of videos; undefined means all. */
  readonly videos?: readonly string[] | undefined;
}

/** The tracked and the labelled faces of each video that has the layer, without excluded spans. A generator: the timelines of a project exceed memory. */
export function* observedFaces(db: ProjectDatabase, { layer: layerName, videos }: Observation): Generator<ObservedFace> {
  const nameOf = layerNames(db);
  const subjectOf = subjectsOf(db);
  const excluded = excludedSpans(db);
  const marksPeaks = layerName === 'model' || hasPeaks(db, layerName);
  for (const video of allVideos(db)) {
    if (videos !== undefined && !videos.includes(video.id)) continue;
    const layers = layersOf(db, video.id);
    const layer = layers.findLast((each) => nameOf(each) === layerName);
    if (layer === undefined) continue;
    const run = newestRun(layers);
    const { segments, peaks } = readLayer(db, layer.id);
    const tracked = run === null ? [] : faceNumbers(db, run, video.id);
    const { startS, endS: lastS } = videoSpan(db, video);
    const endS = lastS ?? startS;
    const faces = new Set([...tracked, ...[...segments, ...peaks].map(({ face_id }) => face_id)]);
    for (const face of [...faces].sort((a, b) => a - b)) {
      const slots = run !== null && tracked.includes(face) ? slotsOf(db, run, video.id, face) : null;
      const whole: ObservedFace = {
        videoId: video.id,
        video: video.name,
        path: video.path,
        ...subjectOf(video, face),
        face,
        startS,
        endS,
        observedS: slots === null ? endS - startS : visibleSeconds(slots),
        marksPeaks,
        segments: segments.flatMap(({ face_id, label, start_s, end_s }) => (face_id === face ? [{ label, startS: start_s, endS: end_s }] : [])),
        peaks: peaks.flatMap(({ face_id, label, apex_s }) => (face_id === face ? [{ label, apexS: apex_s }] : [])),
        // Measurements belong to the model's layer only, not to the layers of coders.
        slots: layer.kind === 'model' ? slots : null,
        visible: slots,
      };
      yield faceOutside(whole, excluded.get(video.id) ?? []);
    }
  }
}

/** Whether a layer has a peak in any video. A coder who marks no peaks has an unknown number of them. */
function hasPeaks(db: ProjectDatabase, layerName: string): boolean {
  const nameOf = layerNames(db);
  const withPeaks = db.sql.selectFrom('layer').selectAll().where('id', 'in', db.sql.selectFrom('peak').select('layer_id').distinct());
  return db.rows(withPeaks).some((layer) => nameOf(layer) === layerName);
}

function slotsOf(db: ProjectDatabase, run: string, video: string, face: number): ObservedSlots {
  const columns = readColumns(db, run, video, face);
  return { times: columns.times, shares: Object.fromEntries(EXPRESSIONS.map((name) => [name, seriesOf(columns, name)])) };
}

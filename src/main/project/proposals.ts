import type { TrackEdits } from '../../shared/domain/face-tracks.ts';
import { facesOfDetected, facesShown, NO_TRACK_EDITS, storedTrackEdits } from '../../shared/domain/face-tracks.ts';
import type { PeakOptions } from '../../shared/domain/peaks.ts';
import { DEFAULT_PEAK_OPTIONS, findPeaks, readableSpans } from '../../shared/domain/peaks.ts';
import type { RunRecord } from '../../shared/domain/results.ts';
import type { SegmentOptions } from '../../shared/domain/segments.ts';
import { DEFAULT_SEGMENT_OPTIONS, findSegments } from '../../shared/domain/segments.ts';
import type { TimelineRow } from '../../shared/domain/timeline.ts';
import type { ProjectDatabase } from './store/database.ts';
import type { LayerRow, PeakRow, SegmentRow } from './store/schema.ts';
import { detectedNumbers, readDetected, slotsOf, trackEditsOf } from './tracked-faces.ts';

export interface LayerRows {
  readonly segments: SegmentRow[];
  readonly peaks: PeakRow[];
}

/** Tolerance for times that were stored and computed, in seconds. */
const SAME_S = 1e-6;

/**
 * The segments and peaks of a layer in time order, with faces as they are shown. In the layer of a model, each stretch of slots that an edit of
 * face tracks left whole keeps its stored rows, with their ids. What an edit cut or joined is found again in the timeline, with the
 * options of the run: a peak that was cut has another apex, another prominence, and perhaps is none.
 */
export function rowsOfLayer(db: ProjectDatabase, layer: LayerRow): LayerRows {
  const edits = layer.run_id === null ? NO_TRACK_EDITS : trackEditsOf(db, layer.run_id, layer.video_id);
  if (layer.run_id === null || edits.length === 0) return storedRows(db, layer);
  const known = foundRows.get(db) ?? new Map<string, LayerRows>();
  foundRows.set(db, known);
  const key = `${layer.id} ${storedTrackEdits(edits)}`;
  const rows = known.get(key) ?? rowsOfEdited(db, layer, layer.run_id, edits);
  known.delete(key);
  known.set(key, rows);
  for (const [oldest] of known) if (known.size > MOST_FOUND) known.delete(oldest);
  return { segments: [...rows.segments], peaks: [...rows.peaks] };
}

/** Rows of the layers that were read last: a joined track of an hour is searched for peaks in a second or two. Rows of a model never change. */
const foundRows = new WeakMap<ProjectDatabase, Map<string, LayerRows>>();
const MOST_FOUND = 10;

function storedRows(db: ProjectDatabase, layer: LayerRow): LayerRows {
  return {
    segments: db.rows(db.sql.selectFrom('segment').selectAll().where('layer_id', '=', layer.id).orderBy('start_s').orderBy('face_id')),
    peaks: db.rows(db.sql.selectFrom('peak').selectAll().where('layer_id', '=', layer.id).orderBy('apex_s').orderBy('face_id')),
  };
}

function rowsOfEdited(db: ProjectDatabase, layer: LayerRow, run: string, edits: TrackEdits): LayerRows {
  const stored = storedRows(db, layer);
  const { video_id: video } = layer;
  const involved = new Set(edits.flatMap(({ face, to }) => [face, to]));
  const detected = detectedNumbers(db, run, video);
  const timelines = new Map(detected.flatMap((face) => (involved.has(face) ? [[face, readDetected(db, run, video, face)] as const] : [])));
  const rows = new RowsOfRun(db, layer, run, timelines, stored);
  const shown = facesShown(edits, detected).filter((face) => involved.has(face));
  const found = shown.map((face) => {
    const sources = new Map([...timelines].filter(([each]) => facesOfDetected(edits, each).includes(face)));
    return rows.ofFace(face, slotsOf(sources, face, edits));
  });
  const untouched = ({ face_id }: { face_id: number }): boolean => !involved.has(face_id);
  return {
    segments: [...stored.segments.filter(untouched), ...found.flatMap(({ segments }) => segments)].sort(
      (a, b) => a.start_s - b.start_s || a.face_id - b.face_id,
    ),
    peaks: [...stored.peaks.filter(untouched), ...found.flatMap(({ peaks }) => peaks)].sort((a, b) => a.apex_s - b.apex_s || a.face_id - b.face_id),
  };
}

/** Makes the rows of faces that were edited. */
class RowsOfRun {
  readonly #layer: LayerRow;
  readonly #stored: LayerRows;
  /** Slots with a reading, by detected face. */
  readonly #readable: ReadonlyMap<number, ReadonlySet<number>>;
  readonly #options: { readonly peaks: PeakOptions; readonly segments: SegmentOptions };
  readonly #source: string;
  readonly #modelSha256: string;

  constructor(db: ProjectDatabase, layer: LayerRow, run: string, timelines: ReadonlyMap<number, readonly TimelineRow[]>, stored: LayerRows) {
    this.#layer = layer;
    this.#stored = stored;
    this.#readable = new Map(
      [...timelines].map(([face, rows]) => [face, new Set(rows.flatMap(({ slot, reading }) => (reading === null ? [] : [slot])))] as const),
    );
    const { record, model_id, model_sha256 } = db.onlyRow(db.sql.selectFrom('run').select(['record', 'model_id', 'model_sha256']).where('id', '=', run));
    const { thresholds } = JSON.parse(record) as RunRecord;
    this.#options = {
      peaks: withStored(DEFAULT_PEAK_OPTIONS, thresholds['peaks']),
      segments: withStored(DEFAULT_SEGMENT_OPTIONS, thresholds['segments']),
    };
    this.#source = `model:${model_id}`;
    this.#modelSha256 = model_sha256;
  }

  ofFace(face: number, slots: readonly { readonly row: TimelineRow; readonly detected: number }[]): LayerRows {
    const detectedAt = new Map(slots.map(({ row, detected }) => [row.slot, detected]));
    const [segments, peaks]: [SegmentRow[], PeakRow[]] = [[], []];
    for (const span of readableSpans(slots.map(({ row }) => row))) {
      const detected = this.#wholeSpanOf(span, detectedAt);
      const [first, last] = [span[0], span.at(-1)];
      if (first === undefined || last === undefined) continue;
      if (detected === null) {
        segments.push(...findSegments(span, this.#source, this.#options.segments).map((each) => this.#segmentRow(each)));
        // Rows of a project have no frames.
        peaks.push(...findPeaks(span, this.#source, () => 0, this.#options.peaks).map((each) => this.#peakRow(each)));
        continue;
      }
      const isInside = (atS: number): boolean => atS > first.startS - SAME_S && atS < last.endS + SAME_S;
      const isOfSpan = (of: number, startS: number, endS: number): boolean => of === detected && isInside(startS) && isInside(endS);
      segments.push(...this.#stored.segments.filter((each) => isOfSpan(each.face_id, each.start_s, each.end_s)).map((each) => ({ ...each, face_id: face })));
      peaks.push(...this.#stored.peaks.filter((each) => isOfSpan(each.face_id, each.onset_s, each.offset_s)).map((each) => ({ ...each, face_id: face })));
    }
    return { segments, peaks };
  }

  /** The detected face of which a stretch of slots is a whole stretch; null for a part, or for parts of several faces. */
  #wholeSpanOf(span: readonly TimelineRow[], detectedAt: ReadonlyMap<number, number>): number | null {
    const [first, last] = [span[0]?.slot ?? 0, span.at(-1)?.slot ?? 0];
    const detected = detectedAt.get(first) ?? 0;
    const readable = this.#readable.get(detected);
    const isWhole =
      readable !== undefined && !readable.has(first - 1) && !readable.has(last + 1) && span.every(({ slot }) => detectedAt.get(slot) === detected);
    return isWhole ? detected : null;
  }

  /** What made a row that is not stored. The id depends on what is found, so that a decision on it stays until the faces are edited again. */
  #provenance(kind: string, face: number, startS: number, endS: number, label: string) {
    const { id, created_at, revision } = this.#layer;
    return {
      id: `${id} ${kind} ${face} ${label} ${startS.toFixed(3)} ${endS.toFixed(3)}`,
      layer_id: id,
      face_id: face,
      label,
      comment: null,
      modifiers: null,
      made_by: this.#source,
      made_at: created_at,
      proposal_id: null,
      model_sha256: this.#modelSha256,
      revision,
    };
  }

  #segmentRow({ faceId, label, startS, endS, confidence }: ReturnType<typeof findSegments>[number]): SegmentRow {
    return { ...this.#provenance('segment', faceId, startS, endS, label), start_s: startS, end_s: endS, confidence };
  }

  #peakRow({ faceId, label, onsetS, apexS, offsetS, intensity, prominence, final }: ReturnType<typeof findPeaks>[number]): PeakRow {
    const times = { onset_s: onsetS, apex_s: apexS, offset_s: offsetS };
    return { ...this.#provenance('peak', faceId, onsetS, offsetS, label), ...times, intensity, prominence, mask_final: final };
  }
}

/** Options of a run. Records of other versions may lack some. */
function withStored<T extends object>(defaults: T, stored: unknown): T {
  const known = Object.entries(typeof stored === 'object' && stored !== null ? stored : {});
  return { ...defaults, ...Object.fromEntries(known.filter(([name, value]) => name in defaults && typeof value === 'number')) };
}

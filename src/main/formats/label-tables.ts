import type { AnnotatedSegment } from '../../shared/annotation/annotation-document.ts';
import type { LabelFigures } from '../../shared/statistics/summaries.ts';
import { EXPRESSIONS } from '../../shared/domain/expressions.ts';
import { lowerBound } from '../../shared/basics/sorted-search.ts';
import { roundSeconds } from '../../shared/domain/time.ts';
import type { Cell } from './tables.ts';

/** The subject of a row, in the order of the columns. */
export interface Subject {
  readonly video: string;
  readonly participant: string;
  readonly condition: string;
  readonly session: string;
}
const SUBJECT = ['video', 'participant', 'condition', 'session'] as const;
const PROVENANCE = ['made_by', 'made_at', 'proposal_id', 'model_sha256'] as const;
/** At the end of each row: the remarks, and what keeps videos of one name apart. */
const REMARKS_AND_FILE = ['comment', 'modifiers', 'video_id', 'path'] as const;

/** Columns of the tables of labels; data-dictionary.ts describes them. */
export const LABEL_COLUMNS = [
  ...SUBJECT,
  ...(['layer', 'face_id', 'label', 'start_s', 'end_s', 'start_frame', 'end_frame', 'confidence'] as const),
  ...PROVENANCE,
  ...REMARKS_AND_FILE,
] as const;
export const LABEL_PEAK_COLUMNS = [
  ...SUBJECT,
  ...(['layer', 'face_id', 'label', 'onset_s', 'apex_s', 'offset_s', 'intensity', 'prominence', 'mask_final'] as const),
  ...PROVENANCE,
  ...REMARKS_AND_FILE,
] as const;
export const NOTE_COLUMNS = ['video', 'coder', 'at_s', 'note', 'made_at', 'video_id', 'path'] as const;
export const DECISION_COLUMNS = [
  ...SUBJECT,
  ...(['coder', 'decision', 'face_id', 'label', 'start_s', 'end_s', 'made_at', 'proposal_id', 'video_id', 'path'] as const),
] as const;
export const LONG_FRAME_COLUMNS = ['video', 'frame', 'time_s', 'layer', 'face_id', 'label', 'lane', 'video_id'] as const;
export const WIDE_FRAME_COLUMNS = ['video', 'frame', 'time_s', 'video_id'] as const;
export const FACE_STATISTICS_COLUMNS = [...SUBJECT, 'layer', 'face_id', 'label', ...figureColumns(), 'video_id', 'path'] as const;
export const PARTICIPANT_STATISTICS_COLUMNS = [
  ...(['participant', 'condition', 'session', 'layer', 'videos', 'faces', 'label'] as const),
  ...figureColumns(),
  ...(['video', 'face_id', 'video_id', 'path'] as const),
] as const;

/** The same by group of labels. */
export const GROUP_STATISTICS_COLUMNS = PARTICIPANT_STATISTICS_COLUMNS.map((column) => (column === 'label' ? 'label_group' : column));

export const TRIAL_STATISTICS_COLUMNS = [
  ...(['video', 'trial', 'type', 'item', 'condition', 'participant', 'observed_s', 'label', 'seconds', 'share', 'count'] as const),
  ...(['latency_s', 'peak_intensity', 'mean_intensity', 'mean_intensity_corrected'] as const),
  ...(['session', 'layer', 'face_id', 'start_s', 'end_s', 'video_id', 'path'] as const),
] as const;
/** Raw and corrected values by slot. */
export const CORRECTED_COLUMNS = [
  ...(['video', 'participant', 'face_id', 'start_s', 'end_s', 'intensity', 'intensity_corrected'] as const),
  ...EXPRESSIONS.flatMap((name) => [name, `${name}_corrected`]),
  'video_id',
];
export const EVENT_COLUMNS = [
  ...(['type', 'condition', 'participant', 'label', 'time_s', 'mean', 'sd', 'n'] as const),
  ...(['video', 'face_id', 'video_id', 'path'] as const),
] as const;

function figureColumns() {
  return [
    ...(['observed_s', 'seconds', 'share', 'count', 'per_minute', 'mean_duration_s', 'first_latency_s'] as const),
    ...(['peaks', 'peaks_per_minute', 'first_peak_s', 'mean_intensity', 'max_intensity', 'area', 'measured_s'] as const),
  ] as const;
}

/** The cells of the figures, in the order of `figureColumns`. */
export function figureCells(figures: LabelFigures): Cell[] {
  const { observedS, seconds, share, count, perMinute, meanDurationS, firstLatencyS } = figures;
  const { peaks, peaksPerMinute, firstPeakS, meanIntensity, maxIntensity, area, measuredS } = figures;
  const values = [observedS, seconds, share, count, perMinute, meanDurationS, firstLatencyS];
  return [...values, peaks, peaksPerMinute, firstPeakS, meanIntensity, maxIntensity, area, measuredS].map((value) =>
    value === null ? null : roundSeconds(value),
  );
}

/** Labels of one layer and face that do not overlap. */
export interface LabelTrack {
  readonly layer: string;
  readonly face: number;
  /** From 1. A face has several lanes where its labels overlap. */
  readonly lane: number;
  readonly segments: readonly Pick<AnnotatedSegment, 'label' | 'startS' | 'endS'>[];
}

/** The label of a track at each time; '' without a label. @param pts ascending */
export function labelsAt({ segments }: LabelTrack, pts: Float64Array): string[] {
  const labels = new Array<string>(pts.length).fill('');
  for (const { label, startS, endS } of segments.toSorted((a, b) => a.startS - b.startS))
    labels.fill(label, firstAtOrAfter(pts, startS), lowerBound(pts, endS));
  return labels;
}

/** Index of the first frame at or after a time. */
export function firstAtOrAfter(pts: Float64Array, seconds: number): number {
  return lowerBound(pts, seconds - 1e-6);
}

/** A row per frame, layer and face; one more for each further label at the same time. */
export function longFrames(video: FrameVideo, pts: Float64Array, tracks: readonly LabelTrack[]): Cell[][] {
  return tracks.flatMap((track) => {
    const { layer, face, lane } = track;
    const labels = labelsAt(track, pts);
    const rows = Array.from(pts, (seconds, frame): Cell[] => [video.name, frame, roundSeconds(seconds), layer, face, labels[frame] ?? '', lane, video.id]);
    return lane === 1 ? rows : rows.filter((_, frame) => labels[frame] !== '');
  });
}

/** The video of a row. */
export interface FrameVideo {
  readonly id: string;
  readonly name: string;
}

export const wideColumn = ({ layer, face, lane }: LabelTrack): string => `${layer} face ${face}${lane === 1 ? '' : ` lane ${lane}`}`;

/** A row per frame, and a column per layer, face and lane of the whole table. @param columns names of the columns in order */
export function wideFrames(video: FrameVideo, pts: Float64Array, tracks: readonly LabelTrack[], columns: readonly string[]): Cell[][] {
  const byColumn = new Map(tracks.map((track) => [wideColumn(track), labelsAt(track, pts)]));
  return Array.from(pts, (seconds, frame): Cell[] => [
    ...[video.name, frame, roundSeconds(seconds), video.id],
    ...columns.map((column) => byColumn.get(column)?.[frame] ?? ''),
  ]);
}

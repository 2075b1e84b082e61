import { z } from 'zod';

/** Label formats of other programs; main/formats has a writer for each. */
export const ANNOTATION_FORMAT_NAMES = [
  ...(['eaf', 'textgrid', 'label-studio', 'boris', 'boris-tabular', 'boris-aggregated', 'boris-xlsx'] as const),
  ...(['nova', 'datavyu', 'events', 'vtt', 'srt'] as const),
] as const;
export type AnnotationFormatName = (typeof ANNOTATION_FORMAT_NAMES)[number];

/**
 * Export formats of a project: the tables of a run (also as Parquet, or in the layout of other programs' logs), a workbook of all
 * tables, the labels of any layer as tables, figures for statistics, signals at the slots of the timeline, a report as a page, or
 * everything.
 */
export const PROJECT_FORMATS = [
  ...(['tables', 'xlsx', 'parquet', 'openface', 'facereader', 'labels', 'frames', 'statistics', 'signals', 'report', 'json'] as const),
] as const;
export type ProjectFormat = (typeof PROJECT_FORMATS)[number];

/** Formats that write a new video for each video. */
export const VIDEO_FORMATS = ['deidentified'] as const;
export type VideoFormatName = (typeof VIDEO_FORMATS)[number];

export const EXPORT_FORMATS = [...PROJECT_FORMATS, ...ANNOTATION_FORMAT_NAMES, ...VIDEO_FORMATS] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export function isProjectFormat(format: ExportFormat): format is ProjectFormat {
  return (PROJECT_FORMATS as readonly string[]).includes(format);
}

export function isVideoFormat(format: ExportFormat): format is VideoFormatName {
  return (VIDEO_FORMATS as readonly string[]).includes(format);
}

/** Formats that write CSV tables, which can be written for Excel. */
export const CSV_FORMATS = ['tables', 'labels', 'frames', 'statistics', 'signals'] as const satisfies readonly ProjectFormat[];

export const isCsvFormat = (format: ExportFormat): boolean => (CSV_FORMATS as readonly string[]).includes(format);

/** How a face is hidden, the safest way first: pixelated and blurred faces can still be recognised by programs that were trained for it. */
export const HIDING_STYLES = ['cover', 'pixelate', 'blur'] as const;
export type HidingStyle = (typeof HIDING_STYLES)[number];

/** What becomes of the sound, the safest way first: a voice identifies a person, and a changed pitch can be changed back. */
export const SOUND_CHOICES = ['muted', 'pitched', 'kept'] as const;
export type SoundChoice = (typeof SOUND_CHOICES)[number];

/** How the new videos are named. The names of videos often contain names or codes of people. */
export const VIDEO_NAMINGS = ['numbers', 'videos'] as const;
export type VideoNaming = (typeof VIDEO_NAMINGS)[number];

export const deidentificationSchema = z.object({
  style: z.enum(HIDING_STYLES).default('cover'),
  sound: z.enum(SOUND_CHOICES).default('muted'),
  /** Whether the whole picture is hidden where the place of a face is only predicted. */
  hideMissed: z.boolean().default(true),
  names: z.enum(VIDEO_NAMINGS).default('numbers'),
});
export type DeidentificationOptions = z.infer<typeof deidentificationSchema>;

/**
 * Why frames are in the list for review:
 * - 'low_score': the face was detected with a low score, so its box may be wrong;
 * - 'interpolated': the face was missed once between two detections;
 * - 'gap': the face was missed for longer between two detections;
 * - 'before', 'after': up to a second before the first or after the last detection of a face;
 * - 'jump': two neighbouring detections do not overlap, as at a cut;
 * - 'not_analysed': the analysis left these frames out;
 * - 'face_found': the check found something like a face here, which was then hidden;
 * - 'face_left': the check still finds a face here.
 */
export const MISSED_REASONS = ['low_score', 'interpolated', 'gap', 'before', 'after', 'jump', 'not_analysed', 'face_found', 'face_left'] as const;
export type MissedReason = (typeof MISSED_REASONS)[number];

/** Frames for review, [startFrame, endFrame). */
export interface MissedSpan {
  /** The detected face; null where the reason is not about a tracked face. */
  readonly face: number | null;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly reason: MissedReason;
  /** Whether the whole picture is hidden in the span. */
  readonly isHidden: boolean;
}

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

export const EXPORT_FORMATS = [...PROJECT_FORMATS, ...ANNOTATION_FORMAT_NAMES] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export function isProjectFormat(format: ExportFormat): format is ProjectFormat {
  return (PROJECT_FORMATS as readonly string[]).includes(format);
}

/** Formats that write CSV tables, which can be written for Excel. */
export const CSV_FORMATS = ['tables', 'labels', 'frames', 'statistics', 'signals'] as const satisfies readonly ProjectFormat[];

export const isCsvFormat = (format: ExportFormat): boolean => (CSV_FORMATS as readonly string[]).includes(format);

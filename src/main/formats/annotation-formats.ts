import type { AnnotationDocument, ReadAnnotations, WrittenAnnotations, WrittenFiles } from '../../shared/annotation/annotation-document.ts';
import type { AnnotationFormatName } from '../../shared/domain/export-formats.ts';
import { ANNOTATION_FORMAT_NAMES } from '../../shared/domain/export-formats.ts';
import { writeBorisAggregated, writeBorisTabular, writeBorisXlsx } from './boris-tables.ts';
import { readBoris, writeBoris } from './boris.ts';
import { writeDatavyu } from './datavyu.ts';
import { eafSignals, readEaf, writeEaf } from './eaf.ts';
import { writeEventsTsv } from './events-tsv.ts';
import { readLabelStudio, writeLabelStudio } from './label-studio.ts';
import { writeNova } from './nova.ts';
import { writeSrt, writeWebVtt } from './subtitles.ts';
import { readTextGrid, writeTextGrid } from './textgrid.ts';

/** A format that is one text file a video. */
export interface TextFormat {
  /** Ending of a file's name, with its dot. */
  readonly ending: string;
  readonly write: (document: AnnotationDocument) => WrittenAnnotations;
  readonly read?: (text: string, name: string) => ReadAnnotations;
  /** Files that belong to it. */
  readonly beside?: (document: AnnotationDocument) => WrittenFiles['files'];
}

/** A format that is several files a video, or no text. */
export interface FilesFormat {
  readonly writeFiles: (document: AnnotationDocument) => WrittenFiles | Promise<WrittenFiles>;
}

export type AnnotationFormat = TextFormat | FilesFormat;

/** Other tools' formats: one file each, one line here. */
export const ANNOTATION_FORMATS = {
  eaf: { ending: '.eaf', write: writeEaf, read: readEaf, beside: eafSignals },
  textgrid: { ending: '.TextGrid', write: writeTextGrid, read: readTextGrid },
  'label-studio': { ending: '.label-studio.json', write: writeLabelStudio, read: readLabelStudio },
  boris: { ending: '.boris', write: writeBoris, read: readBoris },
  'boris-tabular': { ending: '.boris-tabular.tsv', write: writeBorisTabular },
  'boris-aggregated': { ending: '.boris-aggregated.tsv', write: writeBorisAggregated },
  'boris-xlsx': { writeFiles: writeBorisXlsx },
  nova: { writeFiles: writeNova },
  datavyu: { ending: '.datavyu.csv', write: writeDatavyu },
  events: { ending: '_events.tsv', write: writeEventsTsv },
  vtt: { ending: '.vtt', write: writeWebVtt },
  srt: { ending: '.srt', write: writeSrt },
} satisfies Readonly<Record<AnnotationFormatName, AnnotationFormat>>;

/** A text format that can be read. */
export type ReadableFormat = TextFormat & { readonly read: NonNullable<TextFormat['read']> };

/** The format, where it can be read. */
export function readerOf(name: AnnotationFormatName): ReadableFormat | undefined {
  const format: AnnotationFormat = ANNOTATION_FORMATS[name];
  return 'write' in format && format.read !== undefined ? { ...format, read: format.read } : undefined;
}

/** Formats that can be read. */
export const READABLE_FORMATS = ANNOTATION_FORMAT_NAMES.filter((name) => readerOf(name) !== undefined);

/** The format that a file's name says it is in, where that can be read. */
export function readableFormatOf(file: string): ReadableFormat | undefined {
  return READABLE_FORMATS.map((name) => readerOf(name)!).find(({ ending }) => file.toLowerCase().endsWith(ending.toLowerCase()));
}

/** A video's files in a format. */
export async function filesOf(name: AnnotationFormatName, document: AnnotationDocument): Promise<WrittenFiles> {
  const format: AnnotationFormat = ANNOTATION_FORMATS[name];
  if ('writeFiles' in format) return format.writeFiles(document);
  const { text, losses } = format.write(document);
  return { files: [{ ending: format.ending, contents: text }, ...(format.beside?.(document) ?? [])], losses };
}

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

/** A format with one text file per video. */
export interface TextFormat {
  /** Extension of the file, with its dot. */
  readonly ending: string;
  readonly write: (document: AnnotationDocument) => WrittenAnnotations;
  readonly read?: (text: string, name: string) => ReadAnnotations;
  /** Additional files. */
  readonly additionalFiles?: (document: AnnotationDocument) => WrittenFiles['files'];
}

/** A format with several files per video, or with binary files. */
export interface FilesFormat {
  readonly writeFiles: (document: AnnotationDocument) => WrittenFiles | Promise<WrittenFiles>;
}

export type AnnotationFormat = TextFormat | FilesFormat;

/** All formats of other tools. */
export const ANNOTATION_FORMATS = {
  eaf: { ending: '.eaf', write: writeEaf, read: readEaf, additionalFiles: eafSignals },
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

/** A format with its reader; undefined if it can only be written. */
export function readerOf(name: AnnotationFormatName): ReadableFormat | undefined {
  const format: AnnotationFormat = ANNOTATION_FORMATS[name];
  return 'write' in format && format.read !== undefined ? { ...format, read: format.read } : undefined;
}

/** Formats that can be read. */
export const READABLE_FORMATS = ANNOTATION_FORMAT_NAMES.filter((name) => readerOf(name) !== undefined);
const READERS = READABLE_FORMATS.flatMap((name) => readerOf(name) ?? []);

/** The readable format with the extension of a file; undefined if there is none. */
export function readableFormatOf(file: string): ReadableFormat | undefined {
  return READERS.find(({ ending }) => file.toLowerCase().endsWith(ending.toLowerCase()));
}

/** Writes a document in a format. */
export async function filesOf(name: AnnotationFormatName, document: AnnotationDocument): Promise<WrittenFiles> {
  const format: AnnotationFormat = ANNOTATION_FORMATS[name];
  if ('writeFiles' in format) return format.writeFiles(document);
  const { text, losses } = format.write(document);
  return { files: [{ ending: format.ending, contents: text }, ...(format.additionalFiles?.(document) ?? [])], losses };
}

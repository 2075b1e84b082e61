import type { AnnotationDocument, ReadAnnotations, WrittenAnnotations, WrittenFiles } from '../../../shared/annotation/annotation-document.ts';
import type { AnnotationFormatName, ExportFormat } from '../../../shared/domain/export-formats.ts';
import { writeBorisAggregated, writeBorisTabular, writeBorisXlsx } from './boris-tables.ts';
import { writeBoris } from './boris.ts';
import { writeDatavyu } from './datavyu.ts';
import { eafSignals, writeEaf } from './eaf.ts';
import { writeEventsTsv } from './events-tsv.ts';
import { labelStudioConfiguration, writeLabelStudio } from './label-studio.ts';
import { writeNova } from './nova.ts';
import { readBoris } from './read-boris.ts';
import { readEaf } from './read-eaf.ts';
import { readEventsTsv, readLabelTable } from './read-label-tables.ts';
import { readLabelStudio } from './read-label-studio.ts';
import type { ReadContext } from './read-layers.ts';
import { writeSrt, writeWebVtt } from './subtitles.ts';
import { readTextGrid, writeTextGrid } from './textgrid.ts';

/** A format with one text file per video. */
export interface TextFormat {
  /** Extension of the file, with its dot. */
  readonly ending: string;
  readonly write: (document: AnnotationDocument) => WrittenAnnotations;
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
  eaf: { ending: '.eaf', write: writeEaf, additionalFiles: eafSignals },
  textgrid: { ending: '.TextGrid', write: writeTextGrid },
  'label-studio': { ending: '.label-studio.json', write: writeLabelStudio, additionalFiles: labelStudioConfiguration },
  boris: { ending: '.boris', write: writeBoris },
  'boris-tabular': { ending: '.boris-tabular.tsv', write: writeBorisTabular },
  'boris-aggregated': { ending: '.boris-aggregated.tsv', write: writeBorisAggregated },
  'boris-xlsx': { writeFiles: writeBorisXlsx },
  nova: { writeFiles: writeNova },
  datavyu: { ending: '.datavyu.csv', write: writeDatavyu },
  events: { ending: '_events.tsv', write: writeEventsTsv },
  vtt: { ending: '.vtt', write: writeWebVtt },
  srt: { ending: '.srt', write: writeSrt },
} satisfies Readonly<Record<AnnotationFormatName, AnnotationFormat>>;

/** The formats that can be read: other tools' labels, events of BIDS, and this program's tables of labels. */
export const READABLE_FORMATS = [
  ...(['eaf', 'textgrid', 'label-studio', 'boris', 'boris-tabular', 'boris-aggregated', 'events', 'labels'] as const),
] as const satisfies readonly ExportFormat[];
export type ReadableFormatName = (typeof READABLE_FORMATS)[number];

export interface Reader {
  /** Extensions (with their dot) or ends of the names of its files. */
  readonly endings: readonly string[];
  /** Endings of files that may be of this format, if a person chose them. */
  readonly otherEndings: readonly string[];
  /** @throws StudioError 'data-set-invalid' for other files */
  readonly read: (text: string, name: string, context?: ReadContext) => ReadAnnotations;
}

const READERS: Readonly<Record<ReadableFormatName, Reader>> = {
  eaf: { endings: ['.eaf'], otherEndings: [], read: readEaf },
  textgrid: { endings: ['.TextGrid'], otherEndings: [], read: readTextGrid },
  'label-studio': { endings: ['.label-studio.json'], otherEndings: ['.json'], read: readLabelStudio },
  boris: { endings: ['.boris', '.boris.gz'], otherEndings: [], read: readBoris },
  'boris-tabular': { endings: ['.boris-tabular.tsv'], otherEndings: [], read: readLabelTable },
  'boris-aggregated': { endings: ['.boris-aggregated.tsv'], otherEndings: [], read: readLabelTable },
  events: { endings: ['_events.tsv', 'events.tsv'], otherEndings: ['.tsv'], read: readEventsTsv },
  labels: { endings: ['labels.csv', 'label_peaks.csv'], otherEndings: ['.csv'], read: readLabelTable },
};

export const readerOf = (name: ReadableFormatName): Reader => READERS[name];

/** The end of a file's name that names its format. @param chosen whether a person chose the file @returns undefined for other files */
export function readableFormatOf(file: string, chosen = false): { readonly reader: Reader; readonly ending: string } | undefined {
  const endsWith = (ending: string): boolean => file.toLowerCase().endsWith(ending.toLowerCase());
  const of = (reader: Reader, endings: readonly string[]) => endings.filter(endsWith).map((ending) => ({ reader, ending }));
  const readers = Object.values(READERS);
  return [...readers.flatMap((reader) => of(reader, reader.endings)), ...(chosen ? readers.flatMap((reader) => of(reader, reader.otherEndings)) : [])][0];
}

/** Writes a document in a format. */
export async function filesOf(name: AnnotationFormatName, document: AnnotationDocument): Promise<WrittenFiles> {
  const format: AnnotationFormat = ANNOTATION_FORMATS[name];
  if ('writeFiles' in format) return format.writeFiles(document);
  const { text, losses } = format.write(document);
  return { files: [{ ending: format.ending, contents: text }, ...(format.additionalFiles?.(document) ?? [])], losses };
}

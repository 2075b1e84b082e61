import type { AnnotationDocument, ReadAnnotations, WrittenAnnotations } from '../../shared/annotation-document.ts';
import type { AnnotationFormatName } from '../../shared/export-formats.ts';
import { writeBoris } from './boris.ts';
import { readEaf, writeEaf } from './eaf.ts';
import { writeEventsTsv } from './events-tsv.ts';
import { readLabelStudio, writeLabelStudio } from './label-studio.ts';
import { writeSrt, writeWebVtt } from './subtitles.ts';
import { readTextGrid, writeTextGrid } from './textgrid.ts';

export interface AnnotationFormat {
  /** Ending of a file's name, with its dot. */
  readonly ending: string;
  readonly write: (document: AnnotationDocument) => WrittenAnnotations;
  readonly read?: (text: string, name: string) => ReadAnnotations;
}

/** Other tools' formats: one file each, one line here. */
export const ANNOTATION_FORMATS: Readonly<Record<AnnotationFormatName, AnnotationFormat>> = {
  eaf: { ending: '.eaf', write: writeEaf, read: readEaf },
  textgrid: { ending: '.TextGrid', write: writeTextGrid, read: readTextGrid },
  'label-studio': { ending: '.label-studio.json', write: writeLabelStudio, read: readLabelStudio },
  boris: { ending: '.boris', write: writeBoris },
  events: { ending: '_events.tsv', write: writeEventsTsv },
  vtt: { ending: '.vtt', write: writeWebVtt },
  srt: { ending: '.srt', write: writeSrt },
};

import type { AnnotationDocument, ReadAnnotations, WrittenAnnotations } from '../../shared/annotation-document.ts';
import { writeBoris } from './boris.ts';
import { readEaf, writeEaf } from './eaf.ts';
import { writeEventsTsv } from './events-tsv.ts';
import { readLabelStudio, writeLabelStudio } from './label-studio.ts';
import { writeSrt, writeWebVtt } from './subtitles.ts';
import { readTextGrid, writeTextGrid } from './textgrid.ts';

export interface AnnotationFormat {
  readonly about: string;
  /** Ending of a file's name, with its dot. */
  readonly ending: string;
  readonly write: (document: AnnotationDocument) => WrittenAnnotations;
  readonly read?: (text: string, name: string) => ReadAnnotations;
}

/** Other tools' formats: one file each, one line here. */
export const ANNOTATION_FORMATS: Readonly<Record<string, AnnotationFormat>> = {
  eaf: { about: 'ELAN', ending: '.eaf', write: writeEaf, read: readEaf },
  textgrid: { about: 'Praat', ending: '.TextGrid', write: writeTextGrid, read: readTextGrid },
  'label-studio': { about: 'Label Studio, a video timeline task', ending: '.label-studio.json', write: writeLabelStudio, read: readLabelStudio },
  boris: { about: 'BORIS, a project with one observation', ending: '.boris', write: writeBoris },
  events: { about: 'BIDS-like events table', ending: '_events.tsv', write: writeEventsTsv },
  vtt: { about: 'WebVTT subtitles', ending: '.vtt', write: writeWebVtt },
  srt: { about: 'SRT subtitles', ending: '.srt', write: writeSrt },
};

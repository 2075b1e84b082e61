import type { AnnotationDocument, WrittenAnnotations } from '../../shared/annotation/annotation-document.ts';
import { tiersOf } from '../../shared/annotation/annotation-document.ts';
import { clockText } from './clock.ts';
import { notice } from '../../shared/app/notices.ts';

/** The labels as subtitles, sorted by start. Each cue begins with the name of its layer and face. */
function cuesOf(document: AnnotationDocument): { startS: number; endS: number; text: string }[] {
  return document.layers
    .flatMap((layer) =>
      tiersOf(layer).flatMap(({ name, segments }) => segments.map(({ startS, endS, label }) => ({ startS, endS, text: `${name}: ${label}` }))),
    )
    .sort((a, b) => a.startS - b.startS || a.endS - b.endS);
}

const LOSSES = [notice('subtitles/losses', {})];

/** Both formats have milliseconds. */
const clock = (seconds: number, decimal: '.' | ','): string => clockText(Math.round(1000 * seconds), decimal);

/** A blank line would end the cue, and '-->' would be read as times. */
const oneLine = (text: string): string => text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll('-->', '→');

export function writeWebVtt(document: AnnotationDocument): WrittenAnnotations {
  const escape = (text: string): string => oneLine(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const notes = document.warnings.map((warning) => `NOTE ${oneLine(warning)}\n`);
  const cues = cuesOf(document).map(({ startS, endS, text }) => `${clock(startS, '.')} --> ${clock(endS, '.')}\n${escape(text)}\n`);
  return { text: ['WEBVTT\n', ...notes, ...cues].join('\n'), losses: LOSSES };
}

export function writeSrt(document: AnnotationDocument): WrittenAnnotations {
  const cues = cuesOf(document).map(({ startS, endS, text }, i) => `${i + 1}\n${clock(startS, ',')} --> ${clock(endS, ',')}\n${oneLine(text)}\n`);
  return { text: cues.join('\n'), losses: LOSSES };
}

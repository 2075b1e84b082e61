import type { AnnotationDocument, WrittenAnnotations } from '../../../shared/annotation/annotation-document.ts';
import { hasRemarks, tiersOf } from '../../../shared/annotation/annotation-document.ts';
import { clockText } from '../clock.ts';
import type { Notice } from '../../../shared/app/facts.ts';
import { notice } from '../../../shared/app/notices.ts';
import { oneLine } from '../tables.ts';

/** A cue, in whole milliseconds. */
interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/**
 * The labels as subtitles, sorted by start. Each cue begins with the name of its layer and face. A cue must end after its start, so
 * labels without length last a millisecond.
 */
function cuesOf(document: AnnotationDocument): { cues: Cue[]; losses: Notice[] } {
  let lengthened = 0;
  const cues = document.layers
    .flatMap((layer) =>
      tiersOf(layer).flatMap(({ name, segments }) =>
        segments.map(({ startS, endS, label }): Cue => {
          const [startMs, endMs] = [Math.round(1000 * startS), Math.round(1000 * endS)];
          if (endMs <= startMs) lengthened += 1;
          return { startMs, endMs: Math.max(endMs, startMs + 1), text: `${name}: ${label}` };
        }),
      ),
    )
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  const losses = [
    notice('subtitles/losses', {}),
    ...(hasRemarks(document) ? [notice('remarks/left-out', {})] : []),
    ...(lengthened > 0 ? [notice('subtitles/lengthened', { count: lengthened })] : []),
  ];
  return { cues, losses };
}

/** A blank line would end the cue, and '-->' would be read as times. */
const cueText = (text: string): string => oneLine(text).replaceAll('-->', '→');

export function writeWebVtt(document: AnnotationDocument): WrittenAnnotations {
  const escape = (text: string): string => cueText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const notes = document.warnings.map((warning) => `NOTE ${cueText(warning)}\n`);
  const { cues, losses } = cuesOf(document);
  const blocks = cues.map(({ startMs, endMs, text }) => `${clockText(startMs, '.')} --> ${clockText(endMs, '.')}\n${escape(text)}\n`);
  return { text: ['WEBVTT\n', ...notes, ...blocks].join('\n'), losses };
}

export function writeSrt(document: AnnotationDocument): WrittenAnnotations {
  const { cues, losses } = cuesOf(document);
  const blocks = cues.map(({ startMs, endMs, text }, i) => `${i + 1}\n${clockText(startMs, ',')} --> ${clockText(endMs, ',')}\n${cueText(text)}\n`);
  return { text: blocks.join('\n'), losses };
}

import type { AnnotationDocument, WrittenAnnotations } from '../../../shared/annotation/annotation-document.ts';
import { hasPeaks, hasRemarks, tiersOf } from '../../../shared/annotation/annotation-document.ts';
import { clockText } from '../clock.ts';
import { notice } from '../../../shared/app/notices.ts';

/**
 * CSV of Datavyu («#4»): a column per tier. A cell has onset, offset (hours:minutes:seconds:milliseconds) and its codes in
 * brackets, in which a backslash stands before every sign with a meaning, line breaks too. Peaks have a separate column, with
 * onset and offset at the apex.
 */
export function writeDatavyu(document: AnnotationDocument): WrittenAnnotations {
  const taken = new Set<string>();
  const code = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(/[\\()\n\-,|]/g, String.raw`\$&`);
  const column = (name: string): string => {
    const plain = name.replaceAll(/[^\p{L}\p{N}_]+/gu, '_').replace(/^_+|_+$/g, '') || 'column';
    let candidate = plain;
    for (let i = 2; taken.has(candidate); i++) candidate = `${plain}_${i}`;
    taken.add(candidate);
    return candidate;
  };
  const lines = document.layers.flatMap((layer) =>
    tiersOf(layer).flatMap(({ name, segments, peaks }) => [
      `${column(name)} (MATRIX,true,)-label|NOMINAL,confidence|NOMINAL`,
      ...segments.map(({ startS, endS, label, confidence }) => `${clock(startS)},${clock(endS)},(${code(label)},${code(String(confidence ?? ''))})`),
      ...(peaks.length === 0
        ? []
        : [`${column(`${name} peaks`)} (MATRIX,true,)-label|NOMINAL`, ...peaks.map(({ apexS, label }) => `${clock(apexS)},${clock(apexS)},(${code(label)})`)]),
    ]),
  );
  const losses = [
    notice('datavyu/untested', {}),
    ...(hasRemarks(document) ? [notice('remarks/left-out', {})] : []),
    ...(hasPeaks(document) ? [notice('peaks/by-apex', {})] : []),
  ];
  return { text: ['#4', ...lines, ''].join('\n'), losses };
}

const clock = (seconds: number): string => clockText(Math.round(1000 * seconds), ':');

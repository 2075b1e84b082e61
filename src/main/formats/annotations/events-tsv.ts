import { stringify } from 'csv-stringify/sync';
import type { AnnotationDocument, WrittenAnnotations } from '../../../shared/annotation/annotation-document.ts';
import { hasPeaks } from '../../../shared/annotation/annotation-document.ts';
import { notice } from '../../../shared/app/notices.ts';
import { oneLine } from '../tables.ts';

const COLUMNS = ['onset', 'duration', 'trial_type', 'kind', 'layer', 'face', 'apex', 'confidence', 'comment', 'modifiers'] as const;
type Row = Record<(typeof COLUMNS)[number], string | number | null>;

/**
 * BIDS-like events: onset and duration in seconds, tab-separated, 'n/a' for missing values. A peak is an event from onset to offset.
 * BIDS has no quotation marks: tabs and line breaks in texts become blanks.
 */
export function writeEventsTsv(document: AnnotationDocument): WrittenAnnotations {
  const rows = document.layers
    .flatMap(({ name, segments, peaks }): Row[] => [
      ...segments.map(({ face, label, startS, endS, confidence, comment, modifiers }) => ({
        onset: startS,
        duration: endS - startS,
        trial_type: label,
        kind: 'segment',
        layer: name,
        face,
        apex: null,
        confidence,
        comment: comment ?? null,
        modifiers: modifiers ?? null,
      })),
      ...peaks.map(({ face, label, onsetS, apexS, offsetS, comment, modifiers }) => ({
        onset: onsetS,
        duration: offsetS - onsetS,
        trial_type: label,
        kind: 'peak',
        layer: name,
        face,
        apex: apexS,
        confidence: null,
        comment: comment ?? null,
        modifiers: modifiers ?? null,
      })),
    ])
    .sort((a, b) => Number(a.onset) - Number(b.onset));
  let reworded = 0;
  const cell = (value: string | number | null): string => {
    if (value === null) return 'n/a';
    if (typeof value === 'number') return String(Math.round(1e6 * value) / 1e6);
    const text = oneLine(value);
    if (text !== value) reworded += 1;
    return text;
  };
  const lines = rows.map((row) => COLUMNS.map((column) => cell(row[column])));
  const text = stringify([[...COLUMNS], ...lines], { delimiter: '\t', quote: '"' });
  const losses = [...(reworded > 0 ? [notice('tables/reworded', { count: reworded })] : []), ...(hasPeaks(document) ? [notice('peaks/times-only', {})] : [])];
  return { text, losses };
}

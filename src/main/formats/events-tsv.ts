import { stringify } from 'csv-stringify/sync';
import type { AnnotationDocument, WrittenAnnotations } from '../../shared/annotation/annotation-document.ts';

/** BIDS-like events: onset and duration in seconds, tab-separated, 'n/a' for missing values. A peak is an event from onset to offset. */
export function writeEventsTsv(document: AnnotationDocument): WrittenAnnotations {
  const rows = document.layers
    .flatMap(({ name, segments, peaks }) => [
      ...segments.map(({ face, label, startS, endS, confidence }) => ({
        onset: startS,
        duration: endS - startS,
        trial_type: label,
        kind: 'segment',
        layer: name,
        face,
        apex: null as number | null,
        confidence,
      })),
      ...peaks.map(({ face, label, onsetS, apexS, offsetS }) => ({
        onset: onsetS,
        duration: offsetS - onsetS,
        trial_type: label,
        kind: 'peak',
        layer: name,
        face,
        apex: apexS,
        confidence: null,
      })),
    ])
    .sort((a, b) => a.onset - b.onset)
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, value === null ? 'n/a' : typeof value === 'number' ? String(Math.round(1e6 * value) / 1e6) : value]),
      ),
    );
  const columns = ['onset', 'duration', 'trial_type', 'kind', 'layer', 'face', 'apex', 'confidence'];
  return { text: stringify(rows, { header: true, columns, delimiter: '\t' }), losses: [] };
}

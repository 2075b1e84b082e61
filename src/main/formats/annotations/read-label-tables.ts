import { StudioError } from '../../../shared/app/errors.ts';
import type { ReadAnnotations, ReadRecording } from '../../../shared/annotation/annotation-document.ts';
import { notice } from '../../../shared/app/notices.ts';
import type { LabelRow } from './label-rows.ts';
import { labelRowsOf } from './label-rows.ts';
import { isBorisTable, readBorisTable } from './read-boris-tables.ts';
import { confidenceOf, LayerCollector, pointPeak } from './read-layers.ts';
import { roundSeconds } from '../../../shared/domain/time.ts';

/**
 * Reads labels.csv and label_peaks.csv, and other tables with columns of their names: label, start_s and end_s, or label and
 * apex_s; also the tables that BORIS exports. A recording for each video, a layer for each value of 'layer' (or 'coder').
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readLabelTable(text: string, name: string): ReadAnnotations {
  const { columns, rows } = labelRowsOf(text, name);
  if (isBorisTable(columns)) return readBorisTable(columns, rows);
  const isPeaks = columns.has('apex_s');
  if (!columns.has('label') || !(isPeaks || (columns.has('start_s') && columns.has('end_s'))))
    throw new StudioError('data-set-invalid/not-labels', { file: name, columns: isPeaks ? ['label', 'apex_s'] : ['label', 'start_s', 'end_s'] });
  const recordings = Map.groupBy(rows, ({ cell }) => cell('video_id') || cell('path') || cell('video'));
  const found = Array.from(recordings.values(), (own): ReadRecording => {
    const [first] = own;
    const media = ['video_id', 'path', 'video'].map((column) => first?.cell(column) ?? '').filter((each) => each !== '');
    const layers = new LayerCollector((layer) => ({ layer, face: 1 }));
    for (const row of own) {
      const { layer } = layers.at(row.cell('layer') || row.cell('coder') || DEFAULT_LAYER);
      const [label, face] = [row.cell('label'), faceOf(row.cell('face_id'))];
      if (isPeaks) {
        const apexS = row.number('apex_s');
        const [onsetS, offsetS] = [row.cell('onset_s') === '' ? apexS : row.number('onset_s'), row.cell('offset_s') === '' ? apexS : row.number('offset_s')];
        if (Number.isNaN(onsetS + apexS + offsetS)) layer.problems.push(notice('tables/no-time', { label, line: row.line }));
        else layer.peaks.push({ ...pointPeak(face, label, apexS), onsetS: Math.min(onsetS, apexS), offsetS: Math.max(offsetS, apexS), ...remarksOf(row) });
      } else {
        const [startS, endS] = [row.number('start_s'), row.number('end_s')];
        if (Number.isNaN(startS + endS)) layer.problems.push(notice('tables/no-time', { label, line: row.line }));
        else layer.segments.push({ face, label, startS, endS, confidence: confidenceOf(row.cell('confidence')) ?? null, ...remarksOf(row) });
      }
    }
    return { name: recordings.size === 1 ? '' : (media.at(-1) ?? ''), media, layers: layers.layers() };
  });
  return { recordings: distinct(found) };
}

/**
 * Reads events.tsv as this program writes it, and other events of BIDS: onset, duration and trial_type; also the tables that BORIS
 * exports.
 * @throws StudioError 'data-set-invalid' for other files
 */
export function readEventsTsv(text: string, name: string): ReadAnnotations {
  const { columns, rows } = labelRowsOf(text, name);
  if (isBorisTable(columns)) return readBorisTable(columns, rows);
  if (!columns.has('onset') || !columns.has('duration') || !columns.has('trial_type'))
    throw new StudioError('data-set-invalid/not-labels', { file: name, columns: ['onset', 'duration', 'trial_type'] });
  const layers = new LayerCollector((layer) => ({ layer, face: 1 }));
  for (const row of rows) {
    const { layer } = layers.at(row.cell('layer') || DEFAULT_LAYER);
    const [label, face] = [row.cell('trial_type'), faceOf(row.cell('face'))];
    const startS = row.number('onset');
    // An event without a duration is a moment.
    const endS = startS + (row.cell('duration') === '' ? 0 : row.number('duration'));
    const apexS = row.number('apex');
    if (Number.isNaN(endS)) layer.problems.push(notice('tables/no-time', { label, line: row.line }));
    else if (row.cell('kind') === 'peak' && !Number.isNaN(apexS)) {
      const peak = { face, label, onsetS: Math.min(startS, apexS), apexS, offsetS: Math.max(roundSeconds(endS), apexS) };
      layer.peaks.push({ ...peak, ...remarksOf(row) });
    } else layer.segments.push({ face, label, startS, endS: roundSeconds(endS), confidence: confidenceOf(row.cell('confidence')) ?? null, ...remarksOf(row) });
  }
  return { recordings: [{ name: '', media: [], layers: layers.layers() }] };
}

/** The layer of a table that names none. */
const DEFAULT_LAYER = 'labels';

const faceOf = (cell: string): number => (/^\d+$/.test(cell) ? Number(cell) : 1);

function remarksOf({ cell }: LabelRow): { comment?: string; modifiers?: string } {
  const [comment, modifiers] = [cell('comment'), cell('modifiers')];
  return { ...(comment === '' ? {} : { comment }), ...(modifiers === '' ? {} : { modifiers }) };
}

/** Names that are used twice (two videos called smile.mp4) get a number. */
function distinct(recordings: readonly ReadRecording[]): ReadRecording[] {
  const counts = new Map<string, number>();
  return recordings.map((each) => {
    const count = (counts.get(each.name) ?? 0) + 1;
    counts.set(each.name, count);
    return count === 1 ? each : { ...each, name: `${each.name} (${count})` };
  });
}

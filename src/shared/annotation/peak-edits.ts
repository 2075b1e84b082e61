import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Author, Remarks } from './segment-edits.ts';

/** A coder's operations on expression peaks, as row edits. Times are seconds of the video. */
export type PeakRow = EditableRows['peak'];

export interface PeakTimes {
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
}

/** Initial distance from the apex to onset and offset for a peak added by a coder. */
export const DEFAULT_HALF_WIDTH_S = 0.5;

/** A new peak. Only models measure intensity and prominence. */
export function createPeak(
  layer: string,
  face: number,
  label: string,
  { onsetS, apexS, offsetS }: PeakTimes,
  by: Author,
  remarks: Remarks = {},
): RowEdit<'peak'> {
  const row = {
    id: by.newId(),
    layer_id: layer,
    face_id: face,
    label,
    onset_s: onsetS,
    apex_s: apexS,
    offset_s: offsetS,
    intensity: null,
    prominence: null,
    mask_final: null,
    comment: remarks.comment ?? null,
    modifiers: remarks.modifiers ?? null,
    made_by: by.name,
    made_at: by.at,
    proposal_id: null,
    model_sha256: null,
  };
  return { table: 'peak', kind: 'insert', row };
}

/** Copies a model's peak into a coder's layer, with its provenance. */
export function acceptPeak(proposal: PeakRow, layer: string, by: Author): RowEdit<'peak'> {
  const { revision, ...row } = proposal;
  return { table: 'peak', kind: 'insert', row: { ...row, id: by.newId(), layer_id: layer, made_by: by.name, made_at: by.at, proposal_id: proposal.id } };
}

/** Moves the apex. If it passes the onset or the offset, that moves along. */
export function moveApex({ id, revision, onset_s, offset_s }: PeakRow, apexS: number): RowEdit<'peak'> {
  const set = { apex_s: apexS, onset_s: Math.min(onset_s, apexS), offset_s: Math.max(offset_s, apexS) };
  return { table: 'peak', kind: 'update', id, revision, set };
}

export function removePeak({ id, revision }: PeakRow): RowEdit<'peak'> {
  return { table: 'peak', kind: 'delete', id, revision };
}

export function relabelPeak({ id, revision }: PeakRow, label: string): RowEdit<'peak'> {
  return { table: 'peak', kind: 'update', id, revision, set: { label } };
}

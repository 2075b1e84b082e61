import type { EditableRows, RowEdit } from './editable-rows.ts';
import type { Author } from './segment-edits.ts';

/** What a coder does to expression peaks, as the edits of rows that it takes. Moments are seconds of the video. */
export type PeakRow = EditableRows['peak'];

export interface PeakTimes {
  readonly onsetS: number;
  readonly apexS: number;
  readonly offsetS: number;
}

/** Rise and fall of a peak that is made by hand, until its edges are moved. */
export const USUAL_HALF_S = 0.5;

/** A peak of the coder's own; intensity and prominence are measured by models alone. */
export function createPeak(layer: string, face: number, label: string, { onsetS, apexS, offsetS }: PeakTimes, by: Author): RowEdit<'peak'> {
  const row = {
    ...{ id: by.newId(), layer_id: layer, face_id: face, label, onset_s: onsetS, apex_s: apexS, offset_s: offsetS },
    ...{ intensity: null, prominence: null, mask_final: null },
    ...{ made_by: by.name, made_at: by.at, proposal_id: null, model_sha256: null },
  };
  return { table: 'peak', kind: 'insert', row };
}

/** A model's peak in a coder's own layer, with where it came from. */
export function acceptPeak(proposal: PeakRow, layer: string, by: Author): RowEdit<'peak'> {
  const { revision, ...row } = proposal;
  return { table: 'peak', kind: 'insert', row: { ...row, id: by.newId(), layer_id: layer, made_by: by.name, made_at: by.at, proposal_id: proposal.id } };
}

/** Another apex; onset and offset give way where it would pass them. */
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

import { joinedSpans } from '../statistics/excluded.ts';
import type { TrialSpan } from '../statistics/trials.ts';
import type { EditableRows } from './editable-rows.ts';
import { EXCLUDED_TYPE } from './trial-edits.ts';

/** The excluded spans among the trials of one video, in order of time, without overlaps. */
export function excludedAmong(trials: readonly Pick<EditableRows['trial'], 'type' | 'start_s' | 'end_s'>[]): TrialSpan[] {
  return joinedSpans(trials.flatMap(({ type, start_s, end_s }) => (type === EXCLUDED_TYPE && end_s !== null ? [{ startS: start_s, endS: end_s }] : [])));
}

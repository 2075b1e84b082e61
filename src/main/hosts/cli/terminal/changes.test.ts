import { expect, test } from 'vitest';
import type { RowChange } from '../../../../shared/annotation/editable-rows.ts';
import { changesText } from './changes.ts';

const change = (table: RowChange['table'], kind: 'added' | 'changed' | 'deleted'): RowChange => ({
  table,
  id: 'x',
  before: kind === 'added' ? null : { id: 'x' },
  after: kind === 'deleted' ? null : { id: 'x' },
});

test('an edit is counted by what its rows are, and by what became of them', () => {
  expect(changesText([])).toBe('Nothing differs.');
  const changed = [change('video', 'changed'), change('participant', 'changed'), change('video', 'changed'), change('participant', 'changed')];
  expect(changesText(changed)).toBe('2 videos and 2 participants changed');
  expect(changesText([change('trial', 'added'), change('trial', 'added'), change('trial', 'deleted')])).toBe('2 trials added, 1 trial deleted');
  const merged = [change('face_tracks', 'added'), change('segment', 'changed'), change('face_participant', 'changed'), change('peak', 'changed')];
  expect(changesText(merged)).toBe('the faces of 1 video added, 1 label, 1 face and 1 peak changed');
});

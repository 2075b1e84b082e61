import type { RowChange } from '../../../../shared/annotation/editable-rows.ts';
import { counted } from './output.ts';

/** What rows of a table of the project are, in words, where the name of the table does not say it. */
const WORDS: Readonly<Partial<Record<RowChange['table'], (count: number) => string>>> = {
  face_participant: (count) => counted(count, 'face'),
  face_tracks: (count) => `the faces of ${counted(count, 'video')}`,
  segment: (count) => counted(count, 'label'),
};

/** What an edit has changed: '2 videos and 2 participants changed', '3 trials added, 1 trial deleted'. */
export function changesText(changes: readonly RowChange[]): string {
  if (changes.length === 0) return 'Nothing differs.';
  const kindOf = ({ before, after }: RowChange): string => (before === null ? 'added' : after === null ? 'deleted' : 'changed');
  return [...Map.groupBy(changes, kindOf)]
    .map(([kind, own]) => {
      const things = [...Map.groupBy(own, ({ table }) => table)].map(([table, rows]) => WORDS[table]?.(rows.length) ?? counted(rows.length, table));
      return `${[things.slice(0, -1).join(', '), things.at(-1)].filter((each) => each !== '').join(' and ')} ${kind}`;
    })
    .join(', ');
}

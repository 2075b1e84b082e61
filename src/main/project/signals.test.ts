import { expect, test } from 'vitest';
import { furnish, makeProject } from '../../../testing/project.ts';
import { applyEdit, redo, undo } from './edits.ts';
import { step } from '../../shared/annotation/steps.ts';
import { projectLines, readProjectLines } from './open-json.ts';
import { insertSignal, listSignals, moveSignals, readSignal, removeSignal } from './signals.ts';
import type { ProjectDatabase } from './store/database.ts';
import { BLOCK, SeriesPacker } from './store/packed-series.ts';

const ELEMENTS = 2 * BLOCK + 7;
const time = (i: number): number => i / 1000;
const value = (i: number): number => (i % 1000 === 5 ? NaN : Math.round(Math.sin(i / 300) * 1e4) / 1e4);

function store(db: ProjectDatabase, video: string): void {
  const packer = new SeriesPacker(2);
  for (let i = 0; i < ELEMENTS; i++) packer.push(time(i), [value(i), 7]);
  db.transaction(() =>
    packer
      .finish()
      .forEach((series, i) => insertSignal(db, { videoId: video, name: ['EDA', 'marker'][i]!, unit: 'µS', source: 'log.csv', offsetS: 2.5 }, series)),
  );
}
const blocksIn = (db: ProjectDatabase): number => db.rows(db.sql.selectFrom('signal_block').select('position')).length;

test('samples come back as they were, with the offset; their facts are those of the file', async () => {
  const { db, close } = await makeProject();
  const { video } = furnish({ db } as never);
  store(db, video);
  const [eda] = listSignals(db, video);
  expect(eda).toMatchObject({ name: 'EDA', samples: ELEMENTS, start_s: 0, end_s: time(ELEMENTS - 1), interval_s: 0.001, lowest: -1, highest: 1 });
  let i = 0;
  let wrong = 0;
  for (const { times, values } of readSignal(db, eda!))
    values.forEach((each, n) => {
      if (!Object.is(each, value(i)) && !(each === 0 && value(i) === 0)) wrong += 1;
      if (Math.abs(times[n]! - time(i) - 2.5) > 1e-9) wrong += 1;
      i += 1;
    });
  expect([i, wrong]).toEqual([ELEMENTS, 0]);
  close();
});

test('an offset has undo and redo; samples cannot be edited or deleted by an edit', async () => {
  const { db, close } = await makeProject();
  const { video, ann } = furnish({ db } as never);
  store(db, video);
  const ids = listSignals(db).map(({ id }) => id);
  moveSignals(db, ids, -1.25, ann);
  expect(moveSignals(db, ids, -1.25, ann)).toBeNull();
  const offsets = (): number[] => listSignals(db).map(({ offset_s }) => offset_s);
  expect(offsets()).toEqual([-1.25, -1.25]);
  undo(db, ann);
  expect(offsets()).toEqual([2.5, 2.5]);
  redo(db, ann);
  expect(offsets()).toEqual([-1.25, -1.25]);
  const [{ id, revision }] = listSignals(db) as [ReturnType<typeof listSignals>[number]];
  const edit = { coderId: ann, step: step('other', { text: 'x' }), rows: [{ table: 'signal' as const, kind: 'delete' as const, id, revision }] };
  expect(() => applyEdit(db, edit)).toThrow(expect.objectContaining({ id: 'edit-invalid/not-deletable' }));
  close();
});

test('removing a signal or its video removes the samples', async () => {
  const { db, close } = await makeProject();
  const { video } = furnish({ db } as never);
  store(db, video);
  expect(blocksIn(db)).toBe(6);
  removeSignal(db, listSignals(db)[0]!.id);
  expect(blocksIn(db)).toBe(3);
  expect(() => removeSignal(db, 'no-such-id')).toThrow(expect.objectContaining({ id: 'wrong-usage/signal-unknown' }));
  db.run(db.sql.deleteFrom('layer'));
  db.run(db.sql.deleteFrom('video'));
  expect([blocksIn(db), listSignals(db).length]).toEqual([0, 0]);
  close();
});

test('project JSON has the signals and their samples', async () => {
  const [from, to] = [await makeProject(), await makeProject()];
  store(from.db, furnish(from).video);
  const lines = [...projectLines(from.db)];
  readProjectLines(to.db, lines);
  expect([...projectLines(to.db)]).toEqual(lines);
  expect(blocksIn(to.db)).toBe(6);
  from.close();
  to.close();
});

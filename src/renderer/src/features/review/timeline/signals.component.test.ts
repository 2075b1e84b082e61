import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../../testing/window.ts';
import { insertSignal, listSignals } from '../../../../../main/project/signals.ts';
import { SeriesPacker } from '../../../../../main/project/store/packed-series.ts';
import type { Studio } from '../../../../../main/services/studio/studio.ts';
import { useTimeView } from '../../../composables/useTimeView.ts';
import { useCoding } from '../../../stores/coding-store.ts';
import { useProject } from '../../../stores/project-store.ts';
import { useReview } from '../../../stores/review-store.ts';
import { useSignals } from '../../../stores/signals-store.ts';
import SignalChoices from './SignalChoices.vue';
import SignalLanes from './SignalLanes.vue';

let studio: Studio;
vi.mock('../../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

const COUNT = 5000;
const SIGNALS = ['EDA', 'ECG', 'RSP', 'TMP'];
beforeAll(async () => {
  ({ studio } = await openFixture());
});

beforeEach(async () => {
  resetStores();
  localStorage.clear();
  const project = useProject();
  void project.listen();
  await until(() => project.videos.length > 0);
  const { db } = studio.project;
  const video = project.videos[0]!.id;
  db.run(db.sql.deleteFrom('signal'));
  const packer = new SeriesPacker(SIGNALS.length);
  for (let i = 0; i < COUNT; i++) packer.push(i / 1000, [i, -i, 1, NaN]);
  packer
    .finish()
    .forEach((series, i) => insertSignal(db, { videoId: video, name: SIGNALS[i]!, unit: 'µS', source: i < 2 ? 'a.csv' : 'b.csv', offsetS: 0 }, series));
  const review = useReview();
  await review.setCoder('Ann');
  await review.open(video);
  await until(() => useSignals().rows.length === SIGNALS.length);
});

const offsets = (): Record<string, number> => Object.fromEntries(listSignals(studio.project.db).map(({ name, offset_s }) => [name, offset_s]));

test('a few signals are shown at first, with name, unit and range; the menu shows and hides them', async () => {
  const view = useTimeView();
  view.reset(0, 5);
  const lanes = await mountInWindow(SignalLanes, { props: { view, width: 500 } });
  const menu = await mountInWindow(SignalChoices);
  const names = (): string[] => lanes.findAll('canvas').map((each) => each.attributes('aria-label')!);
  expect(names().map((each) => each.split(',')[0])).toEqual(['ECG', 'EDA', 'RSP']);
  expect(names()[0]).toMatch(/^ECG, -4.?999 to 0 µS$|^ECG, -5.?000 to 0 µS$/);
  await menu.findAll('input')[0]!.trigger('change');
  await until(() => names().length === 2);
  resetStores();
  expect(JSON.parse(localStorage.getItem('adatosk.signals')!)).toEqual(['EDA', 'RSP']);
  lanes.unmount();
  menu.unmount();
});

test('a new offset moves the signals of the same file, as one step of the history', async () => {
  const view = useTimeView();
  view.reset(0, 5);
  const lanes = await mountInWindow(SignalLanes, { props: { view, width: 500 } });
  const field = lanes.findAll('input')[0]!;
  await field.setValue('2.5');
  await field.trigger('change');
  await until(() => useSignals().rows.filter(({ offset_s }) => offset_s === 2.5).length === 2);
  expect(offsets()).toEqual({ EDA: 2.5, ECG: 2.5, RSP: 0, TMP: 0 });
  await useCoding().applyHistory('undo');
  await until(() => useSignals().rows.every(({ offset_s }) => offset_s === 0));
  expect(offsets()).toEqual({ EDA: 0, ECG: 0, RSP: 0, TMP: 0 });
  lanes.unmount();
});

test('a view has the resolution of the screen, and the times of the file', async () => {
  const signals = useSignals();
  const eda = signals.rows.find(({ name }) => name === 'EDA')!;
  const { times, low, high } = await signals.readView(eda, { from: 1, to: 3, columns: 100 });
  expect(times).toHaveLength(100);
  expect([low[0], high[0], low[99], high[99]]).toEqual([1000, 1019, 2980, 2999]);
});

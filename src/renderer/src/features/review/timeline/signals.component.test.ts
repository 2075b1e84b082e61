import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../../../testing/videos.ts';
import { clientOf, mountInWindow, openFixture, resetStores, until } from '../../../../../../testing/window.ts';
import { insertSignal, listSignals } from '../../../../../main/project/signals.ts';
import { SeriesPacker } from '../../../../../main/project/store/packed-series.ts';
import type { Studio } from '../../../../../main/services/studio/studio.ts';
import { useTimeView } from '../../../composables/useTimeView.ts';
import { useCoding } from '../../../stores/coding-store.ts';
import { useProject } from '../../../stores/project-store.ts';
import { useReview } from '../../../stores/review-store.ts';
import { useSignals } from '../../../stores/signals-store.ts';
import AddSignalsDialog from '../signals/AddSignalsDialog.vue';
import RemoveSignalsDialog from '../signals/RemoveSignalsDialog.vue';
import FolderDialog from '../../../ui/FolderDialog.vue';
import SelectBox from '../../../ui/SelectBox.vue';
import SignalChoices from './SignalChoices.vue';
import TrackMenu from './TrackMenu.vue';
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

describe('adding signals', () => {
  const addable = (): HTMLButtonElement | null => document.querySelector('button[form="add-signals"]');
  async function choose(dialog: Awaited<ReturnType<typeof mountInWindow>>, text: string): Promise<void> {
    const file = join(await temporaryFolder(), 'physio.csv');
    await writeFile(file, text);
    [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === 'Choose file…')!.click();
    await until(() => dialog.findComponent(FolderDialog).exists());
    dialog.findComponent(FolderDialog).vm.$emit('chosen', [file]);
    await until(() => dialog.text().includes('physio.csv'));
  }

  test('times, columns, units and offset are chosen with a preview, and the added signals are shown', async () => {
    const dialog = await mountInWindow(AddSignalsDialog, { props: { video: useReview().video! } });
    await choose(dialog, `t,RESP,PUPIL,event\n${Array.from({ length: 50 }, (_, i) => `${i * 20},${i},3.5,x`).join('\n')}\n`);
    expect(dialog.findAll('.preview th').map((each) => each.text())).toEqual(['t', 'RESP', 'PUPIL']);
    const [timeColumn, unit] = dialog.findAllComponents(SelectBox);
    expect(timeColumn!.text()).toBe('t (found)');
    unit!.vm.$emit('update:modelValue', 'ms');
    await dialog.find('input[type="checkbox"][value="PUPIL"]').setValue(false);
    await dialog.find('li input[type="text"]').setValue('mV');
    const offset = dialog.findAll('label').find((each) => each.text().startsWith('Offset, s'))!;
    await offset.find('input').setValue('1.5');
    await until(() => dialog.text().includes('Signals: 1.5 s to 2.48 s, 50 samples'));
    await until(() => addable()?.disabled === false);
    expect(addable()!.textContent.trim()).toBe('Add 1 signal');
    await dialog.find('form').trigger('submit');
    await until(() => dialog.emitted('closed') !== undefined);
    const row = listSignals(studio.project.db).find(({ name }) => name === 'RESP')!;
    expect(row).toMatchObject({ unit: 'mV', offset_s: 1.5, end_s: 0.98, source: 'physio.csv' });
    await until(() => useSignals().rows.some(({ name }) => name === 'RESP'));
    expect(useSignals().shown.map(({ name }) => name)).toContain('RESP');
    dialog.unmount();
  });

  test('problems are listed with their lines, and nothing can be added', async () => {
    const dialog = await mountInWindow(AddSignalsDialog, { props: { video: useReview().video! } });
    await choose(dialog, 'time,RESP\n0,1\n1,2\n0.5,3\n2,abc\n');
    await until(() => dialog.find('[role="alert"]').exists());
    expect(dialog.find('[role="alert"]').text()).toContain('physio.csv, line 4');
    expect(dialog.find('[role="alert"]').text()).toContain('physio.csv, line 5: RESP is «abc», which is not a number.');
    expect(addable()!.disabled).toBe(true);
    dialog.unmount();
  });
});

test('a signal, or all of its file, is removed after a confirmation', async () => {
  const signals = useSignals();
  const menu = await mountInWindow(TrackMenu);
  await menu.find('.trigger').trigger('click');
  await until(() => menu.find('button[aria-label="Remove ECG…"]').exists());
  await menu.find('button[aria-label="Remove ECG…"]').trigger('click');
  await until(() => menu.findComponent(RemoveSignalsDialog).exists());
  const dialog = menu.findComponent(RemoveSignalsDialog);
  expect(dialog.text()).toContain('This cannot be undone. The file a.csv is not changed');
  await dialog.find('input[type="checkbox"]').setValue(true);
  await dialog.find('button.primary').trigger('click');
  await until(() => signals.rows.length === 2);
  expect(listSignals(studio.project.db).map(({ name }) => name)).toEqual(['RSP', 'TMP']);
  menu.unmount();
});

import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test } from 'vitest';
import { mountInWindow } from '../../../../../../testing/window.ts';
import { someRow } from '../../../../../../testing/results.ts';
import { ACTION_UNITS } from '../../../../../shared/domain/action-units.ts';
import { columnsOf } from '../../../../../shared/domain/timeline-columns.ts';
import { useTimeView } from '../../../composables/useTimeView.ts';
import { useSettings } from '../../../stores/settings-store.ts';
import ChartLanes from './ChartLanes.vue';
import type { ShownLane } from './lane-series.ts';

beforeEach(() => setActivePinia(createPinia()));

const FURTHER = ['units', 'pose', 'doubt'] as const;
const lanes: readonly ShownLane[] = FURTHER.map((name) => ({ name, title: name, height: 1 }));

/** The names and values at the first slot, by lane. */
async function valuesAt(hasActionUnits: boolean): Promise<Record<string, string[]>> {
  const row = someRow(1, 0, { startS: 0, endS: 0.2, pose: { yaw: -12.4, pitch: 3, roll: 0 }, unusual: ['turned'] });
  const reading = { ...row.reading!, ...(hasActionUnits ? { actionUnits: ACTION_UNITS.map((unit) => (unit === 4 ? null : unit / 100)) } : {}) };
  const view = useTimeView();
  view.reset(0, 1);
  const chart = await mountInWindow(ChartLanes, {
    props: { columns: columnsOf([{ ...row, reading }]), peaks: [], lanes, label: 'lanes', view, playhead: 0.1 },
  });
  const found = Object.fromEntries(FURTHER.map((name) => [name, chart.find(`[data-part="${name}"] .lines`).attributes('title')!.split('\n')]));
  expect(chart.find('[data-part="units"] .title').attributes('title')).toMatch(/^Experimental, learned from rendered faces/);
  chart.unmount();
  return found;
}

test('the lanes of action units, head pose and doubt have their values at the playhead', async () => {
  const values = await valuesAt(true);
  expect(values['units']).toHaveLength(ACTION_UNITS.length);
  expect(values['units']!.slice(0, 3)).toEqual(['AU1 0.01', 'AU2 0.02', 'AU4 –']);
  expect(values['pose']).toEqual(['yaw -12', 'pitch 3', 'roll 0']);
  expect(values['doubt']![1]).toBe('unusual 1.00');
});

test('a model without action units has an empty lane of them', async () => {
  expect((await valuesAt(false))['units']!.every((text) => text.endsWith('–'))).toBe(true);
});

test('they are hidden until a person chooses them', () => {
  const { tracks } = useSettings();
  expect(tracks.filter(({ name }) => FURTHER.some((each) => each === name)).map(({ shown }) => shown)).toEqual([false, false, false]);
});

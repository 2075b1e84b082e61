import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, openVideoAsAnn, until } from '../../../../../../testing/window.ts';
import type { Studio } from '../../../../../main/services/studio/studio.ts';
import { studio as api } from '../../../api/api.ts';
import { useTimeView } from '../../../composables/useTimeView.ts';
import { useCoding } from '../../../stores/coding-store.ts';
import { useProject } from '../../../stores/project-store.ts';
import { useReview } from '../../../stores/review-store.ts';
import { MARGIN } from '../../../composables/axis.ts';
import { decimal } from '../../../texts/formats.ts';
import SegmentTier from './SegmentTier.vue';
import TrackMenu from './TrackMenu.vue';
import TrialLane from './TrialLane.vue';

let studio: Studio;
vi.mock('../../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

beforeAll(async () => {
  ({ studio } = await openFixture());
});

beforeEach(openVideoAsAnn);

type Lane = Awaited<ReturnType<typeof mountInWindow>>;
/** A lane of 1000 pixels for 10 s, so that a second is 100 pixels. */
async function mountLane(): Promise<Lane> {
  const view = useTimeView();
  view.reset(0, 10);
  return mountInWindow(TrialLane, { props: { view, width: 1000, height: 1 } });
}
const MARGIN_PIXELS = MARGIN.left;
async function drag(lane: Lane, fromS: number, toS: number): Promise<void> {
  (lane.element as HTMLElement).setPointerCapture = () => undefined;
  await lane.trigger('pointerdown', at(fromS));
  await lane.trigger('pointermove', at((fromS + toS) / 2));
  await lane.trigger('pointermove', at(toS));
  await lane.trigger('pointerup', at(toS));
}
const at = (seconds: number): object => ({ clientX: MARGIN_PIXELS + 100 * seconds, pointerId: 1, button: 0 });
/** Presses a trial or its edge. */
async function grab(lane: Lane, part: string, atS: number): Promise<void> {
  (lane.find(part).element as HTMLElement).setPointerCapture = () => undefined;
  await lane.find(part).trigger('pointerdown', at(atS));
}
const pull = (lane: Lane, part: string, toS: number, keys = {}): Promise<void> => lane.find(part).trigger('pointermove', { ...at(toS), ...keys });
async function save(lane: Lane, fields: Record<string, string>): Promise<void> {
  await until(() => lane.find('form').exists());
  for (const [name, value] of Object.entries(fields)) await lane.find(`input[name="${name}"]`).setValue(value);
  await lane.find('form').trigger('submit');
}
const titles = (lane: Lane): string[] => lane.findAll('.trial, .flag').map((each) => each.attributes('title')!);

describe('the lane of trials', () => {
  test('a span is drawn, changed, deleted, and each step is undone', async () => {
    const lane = await mountLane();
    await drag(lane, 3, 1);
    await until(() => lane.find('form').exists());
    const [start, end] = ['start', 'end'].map((name) => Number((lane.find(`input[name="${name}"]`).element as HTMLInputElement).value));
    // The edges are at frames.
    expect([Math.abs(start! - 1) < 0.05, Math.abs(end! - 3) < 0.05]).toEqual([true, true]);
    await save(lane, { type: 'film', item: 'puppy.mov', condition: 'joy', start: '1', end: '3' });
    await until(() => titles(lane).length === 1);
    expect(titles(lane)).toEqual(['film 1, 1.00 to 3.00 s, puppy.mov, joy']);
    await lane.find('.trial').trigger('click');
    await save(lane, { type: 'excluded', end: '3.5' });
    await until(() => titles(lane)[0] === 'excluded 1, 1.00 to 3.50 s, puppy.mov, joy');
    expect(lane.find('.trial').classes()).toContain('reserved');
    await lane.find('.trial').trigger('click');
    await lane.find('button.delete').trigger('click');
    await until(() => titles(lane).length === 0);
    await useCoding().applyHistory('undo');
    await until(() => titles(lane)[0] === 'excluded 1, 1.00 to 3.50 s, puppy.mov, joy');
    await useCoding().applyHistory('undo');
    await until(() => titles(lane)[0] === 'film 1, 1.00 to 3.00 s, puppy.mov, joy');
    await useCoding().applyHistory('undo');
    await until(() => titles(lane).length === 0);
    const steps = await api.edits.history({ coder: useReview().coder!.id, most: 3 });
    expect(steps.map(({ step: { kind, parameters } }) => [kind, parameters])).toEqual([
      ['trial.delete', { trial: '1', type: 'excluded' }],
      ['trial.change', { trial: '1', type: 'excluded' }],
      ['trial.create', { trial: '1', type: 'film' }],
    ]);
    lane.unmount();
  });

  test('a trial without an end is a marker; the button takes the playhead', async () => {
    useReview().playhead = 2;
    const lane = await mountLane();
    await lane.find('button.add').trigger('click');
    await save(lane, { type: 'bell', name: 'b1', end: '' });
    await until(() => titles(lane).length === 1);
    expect(titles(lane)).toEqual(['bell b1, marker at 2.00 s']);
    await useCoding().applyHistory('undo');
    await until(() => titles(lane).length === 0);
    lane.unmount();
  });

  test('an overlap with a trial of the same type, and a time beyond the end, are rejected with a message; another type is accepted', async () => {
    const review = useReview();
    const lane = await mountLane();
    await lane.find('button.add').trigger('click');
    await save(lane, { type: 'film', start: '1', end: '3' });
    await until(() => titles(lane).length === 1);
    await lane.find('button.add').trigger('click');
    await save(lane, { type: 'film', start: '2.5', end: '4' });
    await until(() => lane.find('[role="alert"]').exists());
    expect(lane.find('[role="alert"]').text()).toContain(
      'The trial “2” was not saved, because it overlaps with “1” of the same type “film” (1 to 3 s). Change its times, or give it another type.',
    );
    await save(lane, { end: '4000' });
    await until(() => lane.text().includes('is not within'));
    await save(lane, { type: 'question', end: '4' });
    await until(() => titles(lane).length === 2);
    // Trials of different types that overlap are in rows of their own.
    const tops = lane.findAll('.trial').map((each) => (each.element as HTMLElement).style.top);
    expect(new Set(tops).size).toBe(2);
    await useCoding().applyHistory('undo');
    await useCoding().applyHistory('undo');
    await until(() => review.trials.length === 0);
    lane.unmount();
  });

  test('the proposed span ends where the next trial of the type begins; a saved trial also clears the problem of a refused one', async () => {
    const [review, project] = [useReview(), useProject()];
    const lane = await mountLane();
    const times = (): string[] => ['start', 'end'].map((name) => (lane.find(`input[name="${name}"]`).element as HTMLInputElement).value);
    review.playhead = 2;
    await lane.find('button.add').trigger('click');
    await save(lane, { type: 'film', start: '4', end: '6' });
    await until(() => titles(lane).length === 1);
    await lane.find('button.add').trigger('click');
    await until(() => lane.find('form').exists());
    expect(times()).toEqual(['2', '4']);
    await save(lane, {});
    await until(() => titles(lane).length === 2);
    review.playhead = 5;
    await useCoding().moveTrial(
      review.trials.find(({ start_s }) => start_s === 4)!,
      { startS: 3, endS: 5 },
    );
    expect(project.problem).not.toBeNull();
    await lane.find('button.add').trigger('click');
    await until(() => lane.find('form').exists());
    // The video ends at 8 s.
    expect(times()).toEqual(['6', '8']);
    await save(lane, {});
    await until(() => titles(lane).length === 3);
    expect(project.problem).toBeNull();
    for (let i = 0; i < 3; i++) await useCoding().applyHistory('undo');
    await until(() => titles(lane).length === 0);
    lane.unmount();
  });

  test('an edit of another window is shown', async () => {
    const review = useReview();
    const lane = await mountLane();
    const row = { id: 'other', video_id: review.video!.id, name: '1', type: 'baseline', item: '', condition: '', start_s: 1, end_s: 2 };
    await api.edits.apply({
      coderId: review.coder!.id,
      step: { kind: 'trial.create', parameters: { trial: '1', type: 'baseline' } },
      rows: [{ table: 'trial', kind: 'insert', row }],
    });
    await until(() => titles(lane).length === 1);
    await useCoding().applyHistory('undo');
    await until(() => titles(lane).length === 0);
    lane.unmount();
  });

  test('a trial is moved and trimmed by dragging, as one step each; Alt suspends snapping and Escape puts it back', async () => {
    const review = useReview();
    review.playhead = 4.04;
    const lane = await mountLane();
    await lane.find('button.add').trigger('click');
    await save(lane, { type: 'film', start: '1', end: '3' });
    await until(() => titles(lane).length === 1);
    const chip = (): string => lane.find('.chip').text();
    await grab(lane, '.edge.end', 3);
    await pull(lane, '.edge.end', 4);
    // The playhead is within reach.
    expect(chip()).toContain('1 s – 4.04 s');
    await pull(lane, '.edge.end', 4, { altKey: true });
    expect(chip()).toContain('1 s – 4 s · frames 25 to 99 (75)');
    await pull(lane, '.edge.end', 4);
    await lane.find('.edge.end').trigger('pointerup');
    await until(() => titles(lane)[0] === 'film 1, 1.00 to 4.04 s');
    expect(lane.emitted('trim')!.length).toBe(3);

    await grab(lane, '.trial', 2);
    await pull(lane, '.trial', 3);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    await lane.find('.trial').trigger('pointerup');
    await lane.find('.trial').trigger('click');
    expect([lane.find('.chip').exists(), lane.find('form').exists(), titles(lane)]).toEqual([false, false, ['film 1, 1.00 to 4.04 s']]);

    await grab(lane, '.trial', 2);
    await pull(lane, '.trial', 3);
    await lane.find('.trial').trigger('pointerup');
    await until(() => titles(lane)[0] === 'film 1, 2.00 to 5.04 s');
    const steps = await api.edits.history({ coder: review.coder!.id, most: 2 });
    expect(steps.map(({ step }) => step)).toEqual(Array(2).fill({ kind: 'trial.change', parameters: { trial: '1', type: 'film' } }));
    for (const title of ['film 1, 1.00 to 4.04 s', 'film 1, 1.00 to 3.00 s', undefined]) {
      await useCoding().applyHistory('undo');
      await until(() => titles(lane)[0] === title);
    }
    lane.unmount();
  });

  test('a trial that is dragged over another one of its type goes back, with the reason; a marker moves', async () => {
    const lane = await mountLane();
    for (const [start, end] of [
      ['1', '3'],
      ['5', '7'],
      ['7.4', ''],
    ] as const) {
      await lane.find('button.add').trigger('click');
      await save(lane, { type: end === '' ? 'bell' : 'film', start, end });
      await until(() => titles(lane).some((title) => title.includes(decimal(Number(start), 2))));
    }
    await grab(lane, '.edge.end', 3);
    await pull(lane, '.edge.end', 6);
    expect(lane.find('.trial').classes()).toContain('refused');
    await lane.find('.edge.end').trigger('pointerup');
    await until(() => useProject().problem !== null);
    expect(useProject().problem!.message).toContain('“1” was not saved, because it overlaps with “2” of the same type “film” (5 to 7 s)');
    expect(titles(lane)[0]).toBe('film 1, 1.00 to 3.00 s');
    await grab(lane, '.flag', 7.4);
    await pull(lane, '.flag', 0.8);
    // Its line through the lane moves with it, and the video shows its moment.
    expect(lane.findAll('path').map((each) => each.attributes('d')!.split(' ')[0])).toContain(`M${MARGIN_PIXELS + 80 - 0.5}`);
    expect(lane.emitted('trim')!.at(-1)).toEqual([0.8]);
    await lane.find('.flag').trigger('pointerup');
    await until(() => titles(lane).includes('bell 1, marker at 0.80 s'));
    for (let left = 4; left > 0; left--) await useCoding().applyHistory('undo');
    await until(() => titles(lane).length === 0);
    lane.unmount();
  });
});

describe('the menu of the lanes', () => {
  const mountMenu = async (): Promise<Lane> => {
    const menu = await mountInWindow(TrackMenu);
    await menu.find('.trigger').trigger('click');
    await until(() => document.querySelector('[role="dialog"] ul') !== null);
    return menu;
  };
  const trialsBox = (): HTMLInputElement =>
    [...document.querySelectorAll<HTMLLabelElement>('[role="dialog"] label')].find((each) => each.textContent?.includes('Trials'))!.querySelector('input')!;

  test('shows that the lane of the trials is shown while there are some', async () => {
    const menu = await mountMenu();
    expect([trialsBox().checked, trialsBox().disabled]).toEqual([false, false]);
    const lane = await mountLane();
    await lane.find('button.add').trigger('click');
    await save(lane, { type: 'film', start: '1', end: '2' });
    await until(() => trialsBox().disabled);
    expect(trialsBox().checked).toBe(true);
    await useCoding().applyHistory('undo');
    await until(() => !trialsBox().disabled);
    lane.unmount();
    menu.unmount();
  });

  test('closes for the dialog that it opens, and its button has the focus afterwards', async () => {
    const menu = await mountMenu();
    [...document.querySelectorAll<HTMLButtonElement>('button.add')].at(-1)!.click();
    await until(() => document.querySelector('[data-modal-dialog]') !== null);
    await until(() => document.querySelector('[role="dialog"] ul') === null);
    expect(document.querySelector('[data-modal-dialog]')).not.toBeNull();
    [...document.querySelectorAll<HTMLElement>('[data-modal-dialog] button')].find((button) => button.textContent?.trim() === 'Close')!.click();
    await until(() => document.querySelector('[data-modal-dialog]') === null);
    await until(() => document.activeElement === menu.find('.trigger').element);
    menu.unmount();
  });
});

describe('a tier', () => {
  test('a click keeps a selected label selected; its key, or a press on an empty place of the own tier, clears the selection', async () => {
    const [review, coding] = [useReview(), useCoding()];
    await coding.create('fear', { startS: 5, endS: 7 });
    const segment = review.own!.segments.find(({ start_s }) => start_s === 5)!;
    const view = useTimeView();
    view.reset(0, 10);
    const tier = await mountInWindow(SegmentTier, {
      props: {
        ...{ name: 'Ann', segments: [segment], peaks: [], selected: segment.id, own: true, view, width: 1000, moments: [], playhead: 0 },
        frames: review.edges,
      },
    });
    (tier.element as HTMLElement).setPointerCapture = () => undefined;
    await tier.find('.segment').trigger('click', { detail: 1 });
    await tier.find('.segment').trigger('click', { detail: 0 });
    await tier.trigger('pointerdown', at(2));
    await tier.trigger('pointerup', at(2));
    expect(tier.emitted('select')).toEqual([[segment.id], [null], [null]]);
    await coding.applyHistory('undo');
    tier.unmount();
  });
});

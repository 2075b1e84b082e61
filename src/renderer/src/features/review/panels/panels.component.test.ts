import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOf, mountInWindow, openFixture, openVideoAsAnn, until } from '../../../../../../testing/window.ts';
import type { Studio } from '../../../../../main/services/studio/studio.ts';
import { useCoding } from '../../../stores/coding-store.ts';
import { useProject } from '../../../stores/project-store.ts';
import { useReview } from '../../../stores/review-store.ts';
import { useToasts } from '../../../stores/toasts-store.ts';
import { i18n } from '../../../texts/i18n.ts';
import { stepText } from '../../../texts/step-text.ts';
import { step } from '../../../../../shared/annotation/steps.ts';
import { draftOf } from '../../../../../shared/annotation/coding-scheme-edits.ts';
import type { SegmentRow } from '../../../../../shared/annotation/segment-edits.ts';
import CodingTab from './CodingTab.vue';
import CompareTab from './CompareTab.vue';
import FaceMenu from '../player/FaceMenu.vue';
import HistoryTab from './HistoryTab.vue';
import LabelsPane from './LabelsPane.vue';
import NotesTab from './NotesTab.vue';
import ProposalsTab from './ProposalsTab.vue';

let studio: Studio;
vi.mock('../../../api/api.ts', async (original) => ({ ...(await original<object>()), studio: clientOf(() => studio) }));

// In each test, the fixture's video is open and Ann is the coder.
beforeAll(async () => {
  ({ studio } = await openFixture());
});

beforeEach(openVideoAsAnn);

const texts = (elements: { text: () => string }[]): string[] => elements.map((element) => element.text());

describe('the proposals', () => {
  test('leave out those that this coder accepted or rejected, until undo', async () => {
    const tab = await mountInWindow(ProposalsTab);
    expect(tab.text()).toContain('All proposals are reviewed.');
    await useCoding().applyHistory('undo');
    await useCoding().applyHistory('undo');
    await useCoding().applyHistory('undo');
    await useCoding().applyHistory('undo');
    await until(() => tab.text().includes('surprise'));
    expect(tab.text()).not.toContain('happiness');
    for (let i = 0; i < 4; i++) await useCoding().applyHistory('redo');
    await until(() => !tab.text().includes('surprise'));
    tab.unmount();
  });
});

describe('a label that overlaps own labels', () => {
  const message = (): string => useToasts().toast?.text ?? '';

  test('the message and the history say what became of them, in the language of the window', async () => {
    const [review, coding] = [useReview(), useCoding()];
    review.isOverlapAllowed = false;
    await coding.create('fear', { startS: 100, endS: 102 });
    expect(message()).not.toContain(';');
    await coding.create('anger', { startS: 101, endS: 103 });
    expect(message()).toContain('; fear 1:40 – 1:42 was shortened');
    const anger = review.own!.segments.find(({ label, start_s }) => label === 'anger' && start_s === 101)!;
    await coding.resizeSegment(anger, { startS: 99, endS: 103 });
    expect(message()).toContain('; fear 1:40 – 1:41 was deleted');
    await coding.create('disgust', { startS: 100, endS: 101 });
    expect(message()).toContain('; anger 1:39 – 1:43 was divided');
    i18n.global.locale.value = 'de';
    const tab = await mountInWindow(HistoryTab);
    await until(() => tab.text().includes('Wut 1:39 – 1:43 wurde geteilt') || tab.text().includes('Ärger 1:39 – 1:43 wurde geteilt'));
    i18n.global.locale.value = 'en';
    for (let i = 0; i < 4; i++) await coding.applyHistory('undo');
    tab.unmount();
  });

  test('so does an accepted proposal; steps of earlier versions stay as they are', async () => {
    const [review, coding] = [useReview(), useCoding()];
    const proposal = review.proposals!.segments[0]!;
    review.isOverlapAllowed = true;
    await coding.create('fear', { startS: proposal.start_s + 0.1, endS: proposal.end_s - 0.1 });
    review.isOverlapAllowed = false;
    await coding.accept([proposal]);
    expect(message()).toMatch(/; fear .* was deleted/);
    await coding.applyHistory('undo');
    await coding.applyHistory('undo');
    expect(stepText(step('proposal.accept', { label: 'fear' }))).toBe(i18n.global.t('steps.proposal.accept', { label: 'fear' }));
  });
});

describe('modifiers and the comment of a label', () => {
  test('are set, taken away and undone; values that the coding scheme does not have stay', async () => {
    const [review, coding] = [useReview(), useCoding()];
    expect(
      await coding.changeLabels(
        review.labels.map((label) => ({ ...draftOf(label), modifiers: label.name === 'fear' ? 'intensity: A, B; side: left, right' : '' })),
      ),
    ).toBe(true);
    review.playhead = 4;
    await coding.create('fear', { startS: 4, endS: 4.5 });
    const tab = await mountInWindow(CodingTab, { props: { peakLabel: 'fear' } });
    const own = (): SegmentRow | undefined => review.own!.segments.find(({ label, start_s }) => label === 'fear' && start_s === 4);
    const press = async (value: string): Promise<void> =>
      tab
        .findAll('.remarks button')
        .find((button) => button.text() === value)!
        .trigger('click');
    await press('B');
    await until(() => own()?.modifiers === 'B|');
    await press('left');
    await until(() => own()?.modifiers === 'B|left');
    expect(tab.findAll('.remarks button[aria-pressed=true]').map((button) => button.text())).toEqual(['B', 'left']);
    await press('B');
    await until(() => own()?.modifiers === '|left');
    await tab.find('.remarks input').setValue('looks away');
    await until(() => own()?.comment === 'looks away');
    await coding.applyHistory('undo');
    await coding.applyHistory('undo');
    await until(() => own()?.modifiers === 'B|left' && own()?.comment === null);
    for (let i = 0; i < 4; i++) await coding.applyHistory('undo');
    expect(own()).toBeUndefined();
    tab.unmount();
  });
});

describe('the notes', () => {
  test('include a note that reads like a decision, but no decisions', async () => {
    const tab = await mountInWindow(NotesTab);
    expect(texts(tab.findAll('li')).join()).toContain('rejected: the second take, face 1, 99.000 to 99.500 s');
    expect(tab.findAll('li')).toHaveLength(1);
    tab.unmount();
  });

  test('are added at the playhead, and can be deleted by their author', async () => {
    const tab = await mountInWindow(NotesTab);
    useReview().playhead = 2;
    await tab.find('textarea').setValue('looks away');
    await tab.find('form').trigger('submit');
    await until(() => tab.findAll('li').length === 2);
    expect(tab.text()).toContain('2 s looks away');
    await tab.findAll('li')[0]!.findAll('button').at(-1)!.trigger('click');
    await until(() => tab.findAll('li').length === 1);
    tab.unmount();
  });
});

describe('the history', () => {
  test('is shown in the language of the window', async () => {
    const tab = await mountInWindow(HistoryTab);
    await until(() => tab.text().includes('Mark as in review'));
    expect(tab.text()).toContain('Label my own: face 2, 1.0 to 2.0 s');
    i18n.global.locale.value = 'de';
    await until(() => tab.text().includes('Als in Durchsicht markiert'));
    tab.unmount();
  });
});

describe('the comparison', () => {
  test('does not reopen a resolved disagreement when an edge moves', async () => {
    const review = useReview();
    const coding = useCoding();
    await review.setCoder('Ben');
    await coding.create('anger', { startS: 4.25, endS: 5.125 });
    await review.setCoder('Ann');
    await coding.create('fear', { startS: 4.25, endS: 5.125 });
    const tab = await mountInWindow(CompareTab);
    // The fixture has a decision by version 0.1: no label from 4.25 to 5.125 s.
    await until(() => tab.text().includes('disagreements open'));
    const openOf = (): string => /(\d+) of \d+ disagreements open/.exec(tab.text())![1]!;
    const before = openOf();
    const own = review.own!.segments.find(({ label }) => label === 'fear')!;
    await coding.resizeSegment(own, { startS: 4.25, endS: 5.127 });
    await until(() => review.own!.segments.some(({ end_s }) => end_s === 5.127));
    expect(openOf()).toBe(before);
    tab.unmount();
  });

  test('names the faces, and the key of a label decides as that label, whatever the coders chose', async () => {
    const [review, coding] = [useReview(), useCoding()];
    review.isOverlapAllowed = true;
    await review.setCoder('Ben');
    review.face = 2;
    await coding.create('fear', { startS: 50, endS: 52 });
    review.face = 1;
    await coding.create('anger', { startS: 60, endS: 62 });
    await coding.create('fear', { startS: 64, endS: 65 });
    await review.setCoder('Ann');
    const tab = await mountInWindow(CompareTab);
    await until(() => tab.findAll('h3').length > 1);
    expect(texts(tab.findAll('h3'))).toEqual([expect.stringMatching(/^Face 1/), expect.stringMatching(/^Face 2/)]);
    const row = tab.findAll('li').find((each) => each.text().startsWith('1:00–1:02'))!;
    const press = (key: string): boolean => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    // Without a chosen disagreement, nothing is decided.
    expect(press('2')).toBe(false);
    await row.find('.go').trigger('click');
    const caps = Object.fromEntries(tab.findAll('.choices button').map((each) => [each.text().split(' ').at(-1), each.find('kbd').text()]));
    expect(caps).toEqual({ ...Object.fromEntries(review.labels.map(({ name, key }) => [name, key])), label: '0' });
    const second = review.labels.find(({ key }) => key === '2')!.name;
    press('2');
    await until(() => review.adjudicated?.segments.some(({ start_s, label }) => start_s === 60 && label === second));
    // The next one is of the same face, although the other face has an earlier one.
    await until(() => tab.find('.chosen').text().startsWith('1:04–1:05'));
    await coding.applyHistory('undo');
    await review.setCoder('Ben');
    for (let i = 0; i < 3; i++) await coding.applyHistory('undo');
    await review.setCoder('Ann');
    tab.unmount();
  });
});

describe('a video that is opened while another is still being read', () => {
  test('is shown', async () => {
    const [review, project] = [useReview(), useProject()];
    const { id } = project.videos[0]!;
    const first = review.open(id);
    await review.open(id);
    await first;
    expect(review.video?.id).toBe(id);
    expect(review.layers.filter(({ layer }) => layer.kind === 'model')).toHaveLength(2);
  });
});

describe('the form for the name', () => {
  test('has the cursor after "Another coder…", but not when a video is opened', async () => {
    const review = useReview();
    const first = await mountInWindow(LabelsPane, { props: { held: null, hint: '' } });
    review.clearCoder();
    await until(() => first.find('input').exists());
    expect(document.activeElement).toBe(first.find('input').element);
    first.unmount();
    const second = await mountInWindow(LabelsPane, { props: { held: null, hint: '' } });
    expect(document.activeElement).not.toBe(second.find('input').element);
    second.unmount();
  });
});

describe('the menu of the chosen face', () => {
  const choose = async (menu: Awaited<ReturnType<typeof mountInWindow>>, entry: number): Promise<void> => {
    await menu.find('.chip').trigger('keydown', { key: 'Enter' });
    // The menu is at the end of the page.
    await until(() => document.querySelectorAll('[role="menuitem"]').length === 3);
    document.querySelectorAll<HTMLElement>('[role="menuitem"]')[entry]!.click();
    await until(() => document.querySelector('[role="menu"]') === null);
  };
  const chipOf = (menu: Awaited<ReturnType<typeof mountInWindow>>): string => menu.find('.chip').text();

  test('shows, sets and takes back its participant', async () => {
    const menu = await mountInWindow(FaceMenu);
    await until(() => menu.find('.chip').exists());
    expect(chipOf(menu)).toBe('Face 1: no participant');
    await choose(menu, 0);
    await until(() => menu.find('form').exists());
    await menu.find('input[type="text"]').setValue('P04');
    await menu.find('form').trigger('submit');
    await until(() => chipOf(menu) === 'Face 1 = P04');
    await choose(menu, 0);
    await until(() => menu.find('form').exists());
    await menu.findAll('input[type="radio"]')[1]!.setValue(true);
    await menu.find('form').trigger('submit');
    await until(() => chipOf(menu) === 'Face 1: does not take part');
    await useCoding().applyHistory('undo');
    await until(() => chipOf(menu) === 'Face 1 = P04');
    await useCoding().applyHistory('undo');
    await until(() => chipOf(menu) === 'Face 1: no participant');
    menu.unmount();
  });

  test('splits it at the playhead, says so, offers undo, and the history has a sentence', async () => {
    const review = useReview();
    const [menu, history] = [await mountInWindow(FaceMenu), await mountInWindow(HistoryTab)];
    await until(() => menu.find('.chip').exists() && review.columns !== null);
    const before = review.faces.map(({ face }) => face);
    const slots = review.columns!.slots.length;
    // At its start there is nothing to split.
    review.playhead = 0;
    await menu.find('.chip').trigger('keydown', { key: 'Enter' });
    await until(() => document.querySelectorAll('[role="menuitem"]').length === 3);
    expect(document.querySelectorAll('[role="menuitem"]')[2]!.hasAttribute('data-disabled')).toBe(true);
    await menu.find('.chip').trigger('keydown', { key: 'Escape' });
    document.querySelector('[role="menu"]')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    await until(() => document.querySelector('[role="menu"]') === null);
    review.playhead = review.columns!.times[slots >> 1]!;
    await choose(menu, 2);
    const toasts = useToasts();
    await until(() => toasts.toast !== null);
    const added = review.faces.map(({ face }) => face).filter((face) => !before.includes(face));
    expect(added).toHaveLength(1);
    expect(toasts.toast!.text).toMatch(new RegExp(`^From .* s on, face 1 is now face ${added[0]}\\.`));
    await until(() => review.face === added[0] && review.columns!.slots.length === slots - (slots >> 1));
    expect(review.proposals!.segments.every(({ face_id, start_s }) => face_id !== added[0] || start_s >= review.playhead - 0.1)).toBe(true);
    await until(() => history.text().includes(`(new: face ${added[0]})`));
    expect(history.text()).toMatch(/Split face 1 at [\d.]+ s \(new: face/);
    await toasts.toast!.undo!();
    await until(() => review.face === 1 && review.columns!.slots.length === slots);
    expect(review.faces.map(({ face }) => face)).toEqual(before);
    menu.unmount();
    history.unmount();
  });
});

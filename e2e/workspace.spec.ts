import type { Locator, Page } from '@playwright/test';
import { OWN, openSixExpressions as open } from './fixtures/six-expressions.ts';
import { expect, test } from './fixtures/web-host.ts';
import { choose } from './page-objects/select-box.ts';
import { MARGIN } from '../src/renderer/src/composables/axis.ts';

/** Share of the pixels of a canvas that are painted. */
function paintedShare(element: Element): number {
  const canvas = element as HTMLCanvasElement;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) painted += 1;
  return (4 * painted) / data.length;
}

async function expectInWindow(page: Page, parts: Readonly<Record<string, Locator>>): Promise<void> {
  const { width, height } = page.viewportSize()!;
  for (const [name, part] of Object.entries(parts)) {
    const box = (await part.boundingBox())!;
    const isInside = box.width > 40 && box.height > 15 && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    expect(isInside, `${name}: ${JSON.stringify(box)}`).toBe(true);
  }
}

test('video, face, own tier, probabilities and masks are in sight together at 1366 x 650, with three coders', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  const studio = await open(page, host);
  for (const [name, key] of [
    ['Ann', '1'],
    ['Ben', '2'],
    ['Cara', '4'],
  ] as const) {
    if (name !== 'Ann') await studio.changeCoder(name);
    await page.keyboard.press(key);
    await expect(studio.tier(`Tier ${name} (you)`).getByRole('button')).toHaveCount(1);
  }
  const lane = (name: string): Locator => page.locator('.lanes > .header').filter({ hasText: name });
  const parts = {
    video: studio.video,
    face: page.getByRole('img', { name: 'Close-up of the face' }),
    labels: page.getByRole('group', { name: 'Label', exact: true }).getByRole('button', { name: /fear/ }),
    own: studio.tier('Tier Cara (you)'),
    model: studio.tier('Tier model'),
    others: page.getByRole('button', { name: 'Other coders (2)' }),
    probabilities: lane('Probability'),
    masks: lane('Masks'),
  };
  await expectInWindow(page, parts);
  // The face is drawn, also after jumps.
  for (const frame of ['100', '300', '124']) {
    await studio.scrubber.fill(frame);
    await expect(studio.position).toHaveAttribute('aria-busy', 'false');
    await expect.poll(() => parts.face.evaluate(paintedShare)).toBeGreaterThan(0.9);
  }
  // The tiers of the others open and close; those parts stay where they can be reached.
  await page.getByRole('button', { name: 'Other coders (2)' }).click();
  await expect(studio.tier('Tier Ann')).toBeVisible();
  await page.getByRole('button', { name: 'Other coders (2)' }).click();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await expectInWindow(page, parts);
});

test('the menu of the lanes scrolls in a low window, names of rows do not overlap, and boxes are level with their text', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  await open(page, host);
  await page.getByRole('button', { name: 'Lanes' }).click();
  const menu = page.getByRole('dialog', { name: 'Lanes' });
  await expect(menu).toBeInViewport({ ratio: 1 });
  await menu.getByRole('button', { name: 'Add signal…' }).scrollIntoViewIfNeeded();
  await expect(menu.getByRole('button', { name: 'Add signal…' })).toBeInViewport({ ratio: 1 });
  await choose(page, 'Height of Probability', '0.5×');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  const names = page.locator('.header[data-part="probabilities"] .line > span');
  await expect.poll(() => names.count()).toBeLessThan(7);
  const rows = await names.evaluateAll((each) => each.map((element) => element.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })));
  expect(rows.length).toBeGreaterThan(1);
  for (const [i, { top }] of rows.slice(1).entries()) expect(top).toBeGreaterThanOrEqual(rows[i]!.bottom - 1);
  // The box and its text have the same middle.
  const offset = await page.getByRole('checkbox', { name: 'Blind' }).evaluate((box) => {
    const range = document.createRange();
    range.selectNodeContents(box.nextSibling!);
    const [text, own] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
    return (own.top + own.bottom) / 2 - (text.top + text.bottom) / 2;
  });
  expect(Math.abs(offset)).toBeLessThan(1.5);
});

test('the labels of a disagreement at the end of a long list are in sight, and have the keys of the label panel', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  const studio = await open(page, host);
  for (const [name, key] of [
    ['Ann', '4'],
    ['Ben', '2'],
  ] as const) {
    if (name !== 'Ann') await studio.changeCoder(name);
    await studio.scrubber.fill('0');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    for (let made = 1; made <= 8; made++) {
      await page.keyboard.press(key);
      await expect(studio.tier(`Tier ${name} (you)`).getByRole('button')).toHaveCount(made);
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
    }
  }
  await studio.tab('Compare');
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByRole('status')).toContainText('8 of 8 disagreements open');
  await panel.getByRole('listitem').last().getByRole('button').first().click();
  const group = panel.getByRole('group', { name: 'Choose the label' });
  await expect(group).toBeInViewport({ ratio: 1 });
  const captions = (within: Locator): Promise<string[]> =>
    within.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.textContent.replaceAll(/\s+/g, ' ').trim()).toSorted());
  const panelLabels = page.getByRole('group', { name: 'Label', exact: true });
  const spaced = (await captions(panelLabels)).map((text) => text.replace(/^(\d) ?/, '$1 '));
  expect(await captions(group)).toEqual(['0 no label', ...spaced]);
  await page.keyboard.press('2');
  await expect(panel.getByRole('status')).toContainText('7 of 8 disagreements open');
  // The next disagreement is shown. Elsewhere, 0 shows the whole video.
  await studio.tab('Selection');
  await page.keyboard.press('0');
  await expect.poll(() => studio.labelsIn('Tier adjudicated')).toEqual([expect.stringMatching(/^sadness/)]);
});

test('"next peak" goes on to every peak, wherever the apex lies in its frame', async ({ page, host }) => {
  const studio = await open(page, host);
  const peaks = await studio
    .tier('Tier model')
    .getByRole('button', { name: /^peak of/ })
    .count();
  expect(peaks).toBeGreaterThan(4);
  const visited = new Set<string>();
  for (let i = 0; i < peaks; i++) {
    await page.keyboard.press('n');
    await expect(studio.position).toHaveAttribute('aria-busy', 'false');
    visited.add((await studio.position.textContent())!);
  }
  expect(visited.size).toBe(peaks);
  const last = await studio.position.textContent();
  await page.keyboard.press('n');
  await expect(studio.position).toHaveText(last!);
  for (let i = 1; i < peaks; i++) await page.keyboard.press('p');
  await expect(studio.position).toHaveText([...visited][0]!);
});

test('keys go to the widget that has the focus, and to the video after the mouse', async ({ page, host }) => {
  const studio = await open(page, host);
  const overlap = page.getByRole('checkbox', { name: 'Allow overlapping labels' });
  await overlap.focus();
  await page.keyboard.press('Space');
  await expect(overlap).toBeChecked();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  // After a press with the mouse, Space plays: it does not press the button again.
  await page.getByRole('button', { name: 'Next frame' }).click();
  await expect(studio.position).toContainText('frame 1');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  const confidence = page.getByRole('slider', { name: /Confidence/ });
  await confidence.focus();
  const before = await studio.position.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(confidence).toHaveValue('0.55');
  await expect(studio.position).toHaveText(before!);
  await page.getByRole('tab', { name: 'Selection' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'To review' })).toHaveAttribute('aria-selected', 'true');
});

test('a number changes the selection only where the playhead is in it; Enter clears it; a toast undoes', async ({ page, host }) => {
  const studio = await open(page, host);
  await page.keyboard.press('1');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^happiness, 0\.00/)]);
  await page.keyboard.press('2');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^sadness, 0\.00/)]);
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('4');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^sadness, 0\.00/), expect.stringMatching(/^anger, 3\.00/)]);
  await expect(studio.toast).toContainText('anger');
  await expect(studio.toast).toBeInViewport({ ratio: 1 });
  await studio.toast.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^sadness, 0\.00/)]);
  await page.keyboard.press('Control+y');
  await expect.poll(() => studio.labelsIn(OWN)).toHaveLength(2);
  // Labels of two kinds are two expressions: they are not merged.
  await studio
    .tier(OWN)
    .getByRole('button', { name: /^sadness/ })
    .click();
  await page.keyboard.press('m');
  await expect(studio.toast).toContainText('can be merged');
  expect(await studio.labelsIn(OWN)).toHaveLength(2);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing is selected.')).toBeVisible();
});

test('while the video plays, a tap begins a label and the next tap ends it; Escape drops one', async ({ page, host }) => {
  const studio = await open(page, host);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('1');
  await expect(page.getByText(/press its key again to end it/)).toBeVisible();
  await page.waitForTimeout(1200);
  await page.keyboard.press('1');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^happiness/)]);
  const [, from, to] = /([\d.]+) to ([\d.]+) s/.exec((await studio.labelsIn(OWN))[0]!)!;
  expect(Number(to) - Number(from)).toBeGreaterThan(0.8);
  await page.keyboard.press('2');
  await expect(page.getByText(/press its key again to end it/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/press its key again to end it/)).toBeHidden();
  expect(await studio.labelsIn(OWN)).toHaveLength(1);
});

test('a span is drawn on the own tier and gets its label from a menu or a key; a menu closes by Escape', async ({ page, host }) => {
  const studio = await open(page, host);
  const draw = async (from: number, to: number): Promise<void> => {
    const box = (await studio.tier(OWN).boundingBox())!;
    const x = (share: number): number => box.x + MARGIN.left + share * (box.width - MARGIN.left - MARGIN.right);
    await page.mouse.move(x(from), box.y + 13);
    await page.mouse.down();
    await page.mouse.move(x((from + to) / 2), box.y + 13);
    await page.mouse.move(x(to), box.y + 13);
    await page.mouse.up();
  };
  await draw(0.2, 0.3);
  await page.getByRole('menuitem', { name: /surprise/ }).click();
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^surprise/)]);
  await draw(0.5, 0.6);
  await page.keyboard.press('7');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^surprise/), expect.stringMatching(/^fear/)]);
  await draw(0.8, 0.9);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  expect(await studio.labelsIn(OWN)).toHaveLength(2);
  await studio.tier(OWN).getByRole('button', { name: /^fear/ }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect.poll(() => studio.labelsIn(OWN)).toEqual([expect.stringMatching(/^surprise/)]);
  await page.getByRole('button', { name: 'Lanes' }).click();
  await expect(page.getByRole('checkbox', { name: 'Masks' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('checkbox', { name: 'Masks' })).toBeHidden();
});

test('blind coding stays after a reload, and asks before it ends; both are steps of the history', async ({ page, host }) => {
  const studio = await open(page, host);
  await page.keyboard.press('Control+b');
  await expect(page.getByLabel('Blind')).toBeChecked();
  await expect(studio.tier('Tier model')).toBeHidden();
  await page.reload();
  await expect(page.getByLabel('Blind')).toBeChecked();
  await expect(studio.tier('Tier model')).toBeHidden();
  // Undo does not end it without the question.
  await page.keyboard.press('Control+z');
  await expect(studio.toast).toContainText('ends only by the switch');
  await expect(studio.tier('Tier model')).toBeHidden();
  await page.getByLabel('Blind').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByLabel('Blind')).toBeChecked();
  await page.getByLabel('Blind').click();
  await page.getByRole('dialog').getByRole('button', { name: 'End blind coding' }).click();
  await expect(studio.tier('Tier model')).toBeVisible();
  await studio.tab('History');
  await expect(page.getByRole('tabpanel')).toContainText('Begin blind coding');
  await expect(page.getByRole('tabpanel')).toContainText('End blind coding');
});

test('two labels in quick succession are two labels; the last frame is labelled to its end; a small move of the mouse is a click', async ({ page, host }) => {
  const studio = await open(page, host);
  await studio.scrubber.fill('499');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await expect(studio.position).toContainText('frame 499');
  await page.keyboard.press('1');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual(['happiness, 19.96 to 20.00 s']);
  await studio.scrubber.fill('0');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await expect(studio.position).toContainText('frame 0');
  // A label of one frame is a stroke in this view, unless it is selected. The second key relabels what the first one made, instead of making a label over it.
  await page.keyboard.press('4');
  await page.keyboard.press('5');
  await expect.poll(() => studio.labelsIn(OWN)).toEqual(['surprise, 0.00 to 1.00 s']);
  const label = studio.tier(OWN).getByRole('button', { name: /^surprise/ });
  const box = (await label.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 22, box.y + 10);
  await page.mouse.up();
  // A click on a selected label keeps it selected; one on an empty place clears the selection.
  await expect(label).toHaveAttribute('aria-pressed', 'true');
  expect(await studio.labelsIn(OWN)).toContain('surprise, 0.00 to 1.00 s');
  await page.mouse.click(box.x + 300, box.y + 10);
  await expect(label).toHaveAttribute('aria-pressed', 'false');
});

import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/web-host.ts';
import { choose } from './page-objects/select-box.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

test.beforeEach(({ page }) => {
  page.on('pageerror', (error) => {
    throw error;
  });
});

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < 120; i++) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement === document.body ? null : (document.activeElement as HTMLElement | null);
      const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent ?? '';
      return `${element?.getAttribute('aria-label') ?? ''} ${label} ${element?.textContent ?? ''}`.trim();
    });
    if (name.test(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`nothing called ${String(name)} has the focus after 120 tabs`);
}

test('from the first start to an exported table by keyboard alone', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await expect(page.getByRole('button', { name: /^Try the example/ })).toBeVisible();
  await tabTo(page, /^Try the example/);
  await page.keyboard.press('Enter');
  await expect(studio.row('all-six.mp4')).toContainText('1 face');
  await tabTo(page, /^all-six\.mp4/);
  await page.keyboard.press('Enter');
  await expect(studio.position).toBeVisible();
  await tabTo(page, /Who is coding/);
  await page.keyboard.type('Ann');
  await page.keyboard.press('Enter');
  // Until then, keys write in the field of the name.
  await expect(page.getByRole('group', { name: 'Label', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next peak' })).toBeEnabled();
  await page.keyboard.press('n');
  await expect(studio.position).not.toContainText('frame 0');
  await page.keyboard.press('5');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^surprise/)]);
  // Its end is moved, a peak and a note are added, all without a mouse.
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press(']');
  const lengthOf = (label: string): number => ((found) => Number(found[2]) - Number(found[1]))(/([\d.]+) to ([\d.]+) s/.exec(label)!);
  await expect.poll(async () => lengthOf((await studio.labelsIn('Tier Ann (you)'))[0]!)).toBeGreaterThan(1.5);
  const [, end] = /to ([\d.]+) s/.exec((await studio.labelsIn('Tier Ann (you)'))[0]!)!;
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('k');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual(expect.arrayContaining([expect.stringMatching(/^peak of surprise/)]));
  await page.keyboard.press('t');
  await page.keyboard.type('looks down');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tabpanel')).toContainText('looks down');
  // Out of the text first: Escape leaves it, as anywhere.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('Control+l');
  await expect(studio.library).toBeVisible();

  await page.keyboard.press('Control+e');
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await expect(dialog).toBeVisible();
  await tabTo(page, /^Tables \(CSV\)/);
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('radio', { name: 'Labels (CSV)' })).toBeChecked();
  await tabTo(page, /^Choose folder/);
  await page.keyboard.press('Enter');
  const where = page.getByRole('dialog', { name: 'Choose a folder' });
  await expect(where.getByLabel('Folder', { exact: true })).not.toHaveValue('');
  await tabTo(page, /^Folder$/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(host.folder);
  await page.keyboard.press('Enter');
  await tabTo(page, /^New subfolder/);
  await page.keyboard.type('labels');
  await tabTo(page, /^Export here/);
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('status')).toContainText('written');
  const table = readFileSync(join(host.folder, 'labels', 'labels.csv'), 'utf8');
  expect(table.split('\r\n').find((line) => line.includes(',Ann,'))).toContain('surprise');
  expect(table).toContain(`,${Number(end)},`);
  expect(existsSync(join(host.folder, 'labels', 'data-dictionary.csv'))).toBe(true);
});

test('ten labels are corrected while the video plays', async ({ page, host }) => {
  cpSync('samples/all-six.mp4', join(host.videos, 'all-six.mp4'));
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await expect(studio.row('all-six.mp4')).toBeVisible();
  await studio.review('all-six.mp4');
  await studio.codeAs('Ann');
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  for (let i = 0; i < 10; i++) {
    const key = String(1 + (i % 7));
    await page.keyboard.down(key);
    await page.waitForTimeout(500);
    await page.keyboard.up(key);
    await page.waitForTimeout(200);
  }
  await page.keyboard.press('Space');
  await expect.poll(async () => (await studio.labelsIn('Tier Ann (you)')).length).toBe(10);
  const spans = (await studio.labelsIn('Tier Ann (you)')).map((label) => /^(\w+), ([\d.]+) to ([\d.]+) s$/.exec(label)!.slice(1));
  expect(spans.map(([label]) => label)).toEqual([...['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear'], ...['happiness', 'sadness', 'neutral']]); // prettier-ignore
  for (const [i, [, from, to]] of spans.entries()) {
    expect(Number(to) - Number(from)).toBeGreaterThan(0.2);
    if (i > 0) expect(Number(from)).toBeGreaterThanOrEqual(Number(spans[i - 1]![2]) - 0.011);
  }
  // All of one name become another's, in one step that one undo takes back.
  await choose(page, 'Replace all my', 'happiness');
  await choose(page, /^with/, 'fear');
  await page.getByRole('button', { name: 'Replace' }).click();
  const fears = async (): Promise<number> => (await studio.labelsIn('Tier Ann (you)')).filter((label) => label.startsWith('fear')).length;
  await expect.poll(fears).toBe(3);
  await studio.tab('History');
  await expect(page.getByRole('tabpanel')).toContainText('Relabel 2 happiness as fear');
  await page.keyboard.press('Control+z');
  await expect.poll(fears).toBe(1);

  // A selected label is dragged to another time, as long as it was, and begins on a frame (25 a second).
  await studio.tab('Selection');
  const last = studio
    .tier('Tier Ann (you)')
    .getByRole('button', { name: /^neutral/ })
    .last();
  await page.keyboard.press('Escape');
  await last.click();
  await expect(last).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('z');
  await expect.poll(async () => (await last.boundingBox())!.width).toBeGreaterThan(80);
  const spanOf = async (): Promise<[number, number]> => {
    const [, from, to] = /([\d.]+) to ([\d.]+) s$/.exec((await last.getAttribute('aria-label'))!)!;
    return [Number(from), Number(to)];
  };
  const before = await spanOf();
  const box = (await last.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 150, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await spanOf())[0]).toBeGreaterThan(before[0] + 0.1);
  const after = await spanOf();
  expect(after[1] - after[0]).toBeCloseTo(before[1] - before[0], 1);
  expect(Math.abs(after[0] * 25 - Math.round(after[0] * 25))).toBeLessThan(0.3);
});

test("a label of the project's own is made in the window and given by its key", async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.review('two-faces.mp4');
  await studio.codeAs('Ann');
  const dialog = page.getByRole('dialog', { name: 'Project labels' });
  const add = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Project labels…' }).click();
    await dialog.getByRole('button', { name: 'Add a label' }).click();
    await dialog.getByLabel('Name of the new label').fill(name);
  };
  await add('contempt');
  await expect(dialog.getByLabel('Key of contempt')).toHaveValue('8');
  await choose(dialog, 'contempt counts', 'disgust');
  await dialog.getByLabel('Colour of contempt').fill('#aa3377');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await page.keyboard.press('8');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^contempt/)]);
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCSS('border-color', 'rgb(170, 51, 119)');
  await studio.tab('History');
  await expect(page.getByRole('tabpanel')).toContainText('Change the labels of the project');
  await studio.tab('Selection');
  await page.getByRole('button', { name: 'Project labels…' }).click();
  await dialog.getByLabel('Name of contempt').fill('disdain');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^disdain/)]);
  await page.keyboard.press('Control+z');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^contempt/)]);
  await add('Anger');
  await expect(dialog.getByRole('alert')).toHaveText('There is already a label “Anger”.');
  await dialog.getByLabel('Name of the new label').fill('smirk');
  await dialog.getByLabel('Key of smirk').fill('a');
  await expect(dialog.getByRole('alert')).toHaveText('The key A is already in use.');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: /smirk/ })).toHaveCount(0);
});

test('two coders code blind, their disagreements are resolved, and the queue of proposals empties', async ({ page, host }) => {
  cpSync('samples/all-six.mp4', join(host.videos, 'all-six.mp4'));
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.analyseNew();
  await studio.review('all-six.mp4');
  // Ann: happiness 0 to 2 s, anger after that. Ben: happiness, then nothing.
  await page.getByLabel('Blind').click();
  await expect(page.getByLabel('Blind')).toBeChecked();
  await studio.codeAs('Ann');
  await studio.labelFor('1', 2);
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toHaveLength(1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  await studio.labelFor('4', 1);
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toHaveLength(2);
  await studio.changeCoder('Ben');
  await expect(studio.tier(/^Tier Ann/)).toBeHidden();
  await page.getByRole('slider', { name: 'Frame' }).fill('0');
  await expect(studio.position).toContainText('frame 0');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await studio.labelFor('1', 2);
  await expect.poll(() => studio.labelsIn('Tier Ben (you)')).toHaveLength(1);

  await page.getByLabel('Blind').click();
  await page.getByRole('dialog').getByRole('button', { name: 'End blind coding' }).click();
  await studio.tab('Compare');
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByRole('status')).toContainText('1 of 1 disagreements open');
  await expect(panel.getByRole('status')).toContainText('κ');
  await panel.getByRole('button', { name: 'Accept 1 agreed label' }).click();
  await expect.poll(() => studio.labelsIn('Tier adjudicated')).toEqual([expect.stringMatching(/^happiness, 0\.00/)]);
  await panel.getByRole('listitem').first().getByRole('button').first().click();
  await panel.getByRole('group', { name: 'Choose the label' }).getByRole('button', { name: 'no label' }).click();
  await expect(panel.getByRole('status')).toContainText('0 of 1 disagreements open');
  expect(await studio.labelsIn('Tier adjudicated')).toHaveLength(1);
  await page.keyboard.press('Control+z');
  await expect(panel.getByRole('status')).toContainText('1 of 1 disagreements open');

  // The queue of proposals: one after the other, by two keys.
  await studio.tab('To review');
  const left = async (): Promise<number> => Number(/^(\d+)/.exec((await panel.getByRole('status').textContent())!)![1]);
  const before = await left();
  expect(before).toBeGreaterThan(2);
  await page.keyboard.press('j');
  await page.keyboard.press('a');
  await expect.poll(left).toBe(before - 1);
  await page.keyboard.press('r');
  await expect.poll(left).toBe(before - 2);
  await page.keyboard.press('Control+z');
  await expect.poll(left).toBe(before - 1);
});

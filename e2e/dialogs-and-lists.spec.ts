import type { Page } from '@playwright/test';
import { expectAccessible } from './fixtures/looks.ts';
import { expect, test } from './fixtures/web-host.ts';
import { choose } from './page-objects/select-box.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

const focusedInside = (page: Page): Promise<boolean> => page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null);

test('a dialog keeps the focus, closes by Escape alone, and returns the focus, also from a dialog in a dialog', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  const opener = page.getByRole('button', { name: 'Export…' });
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await expect(dialog).toBeVisible();
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('Tab');
    expect(await focusedInside(page)).toBe(true);
  }
  await expectAccessible(page, 'dialog');
  // A press beside it does nothing.
  await page.mouse.click(5, 400);
  await expect(dialog).toBeVisible();

  const choosing = dialog.getByRole('button', { name: 'Choose folder…' });
  await choosing.click();
  const folder = page.getByRole('dialog', { name: 'Choose a folder' });
  await expect(folder).toBeVisible();
  expect(await focusedInside(page)).toBe(true);
  await page.keyboard.press('Escape');
  await expect(folder).toBeHidden();
  await expect(choosing).toBeFocused();
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  // From a menu, the focus returns to the button of the menu; from a dialog that another one replaced, to where the first one came from.
  await studio.more('Settings');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'More', exact: true })).toBeFocused();

  // No key reaches the view behind a dialog; the palette can be closed by the mouse.
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+e');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a list is opened and chosen from by keys, in the window and in a dialog, and keeps its keys', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  const [box, list] = [page.getByRole('combobox', { name: 'Sort by' }), page.getByRole('listbox')];
  await box.focus();
  await page.keyboard.press('ArrowDown');
  await expect(list).toBeVisible();
  await expectAccessible(page, 'open list');
  const options = list.getByRole('option');
  await page.keyboard.press('End');
  await expect(options.last()).toBeFocused();
  await page.keyboard.press('Home');
  await expect(options.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(options.nth(1)).toBeFocused();
  const second = (await options.nth(1).textContent()) ?? '';
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await expect(box).toBeFocused();
  await expect(box).not.toHaveText(second);
  await page.keyboard.press('Enter');
  await expect(options.first()).toBeFocused();
  await page.keyboard.type(second.slice(0, 4));
  await expect(options.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(box).toHaveText(second);
  await expect(box).toBeFocused();

  // In a dialog: Escape closes the list alone, which is not cut off by the dialog.
  await studio.more('Settings');
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('combobox', { name: 'Appearance' }).focus();
  await page.keyboard.press('Enter');
  await expect(list).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await expect(dialog).toBeVisible();
  await choose(dialog, 'Appearance', 'Dark');
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await expectAccessible(page, 'lists, dark');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // While a list is open in the review, its keys do not label; after the mouse, the keys are the review's again.
  await studio.review('two-faces.mp4');
  await studio.codeAs('Ann');
  const state = page.getByRole('combobox', { name: 'Review' });
  await state.click();
  await page.keyboard.press('1');
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await choose(page, 'Review', 'done');
  await expect(state).toHaveText('done');
  await expect(state).not.toBeFocused();
  await page.keyboard.press('1');
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(1);
});

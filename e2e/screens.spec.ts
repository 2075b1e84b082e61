import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from './fixtures/browser-door.ts';
import { picturesInAllLooks } from './fixtures/looks.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

/** No screen may be one that somebody cannot see, hear or reach: WCAG 2.2 AA, as far as a program can tell. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const found = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${screen}: ${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect(found).toEqual([]);
}

picturesInAllLooks('every screen', async (page, door, picture) => {
  const studio = new StudioWindow(page);
  const look = async (screen: string): Promise<void> => {
    await picture(screen);
    await expectAccessible(page, screen);
  };
  const close = (): Promise<void> => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('button', { name: /^New project/ })).toBeVisible();
  await look('start');
  await studio.newProject(door.folder, 'Interviews');
  cpSync('samples/all-six.mp4', join(door.videos, 'all-six.mp4'));
  await studio.addVideos(door.videos);
  await studio.analyseNew();
  await look('library');

  await studio.review('all-six.mp4');
  await studio.codeAs('Ben');
  await studio.labelFor('1', 2);
  await expect(studio.tier('Tier Ben (you)').getByRole('button')).toHaveCount(1);
  await page.getByRole('button', { name: 'Change' }).click();
  await studio.codeAs('Ann');
  await page.getByRole('button', { name: 'Next peak' }).click();
  await page.keyboard.press('1');
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(1);
  await expect(studio.timelines).toBeVisible();
  await page.waitForTimeout(500);
  await look('review');
  await page.getByLabel('Mask on the face').selectOption('class-semantic');
  await expect(page.locator('svg.heat image')).toBeAttached();
  await look('mask-on-face');
  await page.getByLabel('Mask on the face').selectOption('no mask');
  await studio.tab('To review');
  await page.keyboard.press('j');
  await look('review-queue');
  await studio.tab('Compare');
  await page.getByRole('tabpanel').getByRole('listitem').first().getByRole('button').first().click();
  await look('adjudication');
  await studio.tab('Notes');
  await page.getByRole('textbox', { name: /^Note at/ }).fill('A smile that comes before the answer.');
  await page.getByRole('button', { name: 'Keep' }).click();
  await look('notes');
  await studio.tab('History');
  await look('history');
  await page.getByRole('button', { name: 'Keys' }).click();
  await look('keys');
  await close();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'What do you want to do?' }).fill('zoom');
  await look('palette');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: '← Library' }).click();
  await page.getByRole('button', { name: 'Plots', exact: true }).click();
  await page.getByLabel('beside').selectOption('Ann');
  await expect(page.getByRole('img', { name: /^model and Ann/ })).toBeVisible();
  await look('plots');
  await page.getByRole('button', { name: '← Library' }).click();
  await page.getByRole('button', { name: 'Export…' }).click();
  await look('export');
  await close();
  await studio.more('Fine-tune the model');
  await expect(page.getByLabel('beginning with').getByRole('option').first()).toBeAttached();
  await look('fine-tuning');
  await page.getByRole('button', { name: 'Export a fine-tuning set…' }).click();
  await page.getByLabel('Labels of').last().selectOption('Ann');
  await page.getByRole('button', { name: 'Choose a folder and write…' }).click();
  await studio.goToFolder(door.folder);
  await page.getByLabel('Name', { exact: true }).fill('set');
  await page.getByRole('button', { name: 'Write here' }).click();
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('1 clips');
  await look('fine-tuning-set');
  await close();
  await page.getByRole('button', { name: '← Library' }).click();
  await studio.more('Settings');
  await expect(page.getByRole('dialog').getByText('cpu', { exact: true })).toBeVisible({ timeout: 30_000 });
  await look('settings');
  await page.getByLabel('Language').selectOption('de');
  await look('settings-german');
  await page.getByLabel('Sprache').selectOption('en');
  await close();
  await studio.more('About and privacy');
  await expect(page.getByRole('dialog')).toContainText('Nothing is sent anywhere');
  await look('about');
});

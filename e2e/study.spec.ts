import { expectAccessible } from './fixtures/looks.ts';
import { expect, test } from './fixtures/web-host.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

test('session and condition are edited in the table by keys, trials are drawn in the timeline, and both are undone', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.analyseNew();
  const row = studio.row('happiness-and-surprise.mp4');
  const cell = (column: string): ReturnType<typeof row.getByRole> => row.getByRole('button', { name: new RegExp(`^${column}`) });

  // Without a coder, the dialog asks for the name first.
  await cell('Participant').dblclick();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Participant’s code').fill('P01');
  await dialog.getByLabel('Coder').fill('Ann');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(cell('Participant')).toHaveText('P01');
  await cell('Session').focus();
  await page.keyboard.press('F2');
  await page.keyboard.type('morning');
  await page.keyboard.press('Enter');
  await expect(cell('Session')).toHaveText('morning');
  await expect(cell('Session')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('evening');
  await page.keyboard.press('Escape');
  await expect(cell('Session')).toHaveText('morning');
  await cell('Condition').dblclick();
  await page.keyboard.type('rest');
  await page.keyboard.press('Tab');
  await expect(cell('Condition')).toHaveText('rest');
  await expectAccessible(page, 'library');
  await page.keyboard.press('Control+z');
  await expect(cell('Condition')).toHaveText('');
  await expect(cell('Session')).toHaveText('morning');
  // All columns have a place.
  expect(await page.locator('.table').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);

  await studio.review('happiness-and-surprise.mp4');
  await expect(studio.timelines).toBeVisible();
  const lane = page.getByRole('group', { name: 'Trials and markers' });
  await expect(lane).toBeHidden();
  await page.getByRole('button', { name: 'Lanes' }).click();
  await page.getByRole('checkbox', { name: 'Trials and markers' }).check();
  await page.getByRole('button', { name: 'Lanes' }).click();
  const { x, y, width } = (await lane.boundingBox())!;
  const draw = async (from: number, to: number): Promise<void> => {
    await page.mouse.move(x + from * width, y + 12);
    await page.mouse.down();
    await page.mouse.move(x + ((from + to) / 2) * width, y + 12);
    await page.mouse.move(x + to * width, y + 12);
    await page.mouse.up();
  };
  await draw(0.2, 0.4);
  await dialog.getByLabel('Type').fill('film');
  await dialog.getByLabel('Condition').fill('joy');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const trials = lane.getByRole('button', { name: /^film|^baseline/ });
  await expect(trials).toHaveCount(1);
  await lane.getByRole('button', { name: '+ Trial' }).click();
  await dialog.getByLabel('Start (s)').fill('3');
  await dialog.getByLabel('End (s)').fill('4');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('overlaps with “1” of the same type “film”');
  await dialog.getByLabel('Type').fill('baseline');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(trials).toHaveCount(2);
  await expectAccessible(page, 'trials');
  await page.reload();
  await studio.review('happiness-and-surprise.mp4');
  await expect(trials).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(trials).toHaveCount(1);
  // A blind coder does not see what to expect.
  await page.getByRole('checkbox', { name: 'Blind' }).check();
  await expect(lane).toBeHidden();
});

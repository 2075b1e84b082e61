import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/looks.ts';
import { expect, test } from './fixtures/web-host.ts';
import { choose } from './page-objects/select-box.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

const NAMES = ['happiness-and-surprise.mp4', 'one-face-leaves.mp4', 'two-faces.mp4'] as const;

test('each row says what became of its analysis; a failed one is not new, is found by its filter, and can be analysed again', async ({ page, host }) => {
  writeFileSync(join(host.videos, 'broken.mp4'), 'no video at all');
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  const analyse = page.getByRole('button', { name: 'Analyse 4 new' });
  // Two presses in a row are one order.
  await analyse.evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await expect(page.locator('.activity')).toContainText('Analysing');
  await expect(studio.queue.getByRole('status')).toHaveText('all done', { timeout: 90_000 });
  await expect(studio.queue.getByRole('listitem')).toHaveCount(4);
  await expect(page.locator('.activity')).toBeHidden();
  await expect(page.getByRole('button', { name: 'No new videos' })).toBeDisabled();
  await expect(studio.row('two-faces.mp4')).toContainText('2 faces');

  const failed = studio.row('broken.mp4');
  await expect(failed).toContainText('failed: ');
  await choose(page, 'Show', 'failed (1)');
  await expect(page.getByRole('combobox', { name: 'Show' })).toHaveText('failed (1)');
  await expect(studio.library.getByRole('row')).toHaveCount(2);
  await failed.getByRole('button', { name: /^failed/ }).click();
  const why = page.getByRole('dialog', { name: /^failed/ });
  await expect(why).toContainText('broken.mp4');
  await page.keyboard.press('Escape');
  await expect(why).toBeHidden();
  await failed.getByRole('button', { name: 'Analyse broken.mp4 again' }).click();
  await expect(studio.queue.getByRole('listitem').filter({ hasText: 'broken.mp4' })).toHaveCount(1);
  await expect(failed).toContainText('failed: ', { timeout: 60_000 });

  // Filter, search and order survive a reload.
  await choose(page, 'Show', /^analysed/);
  await page.getByLabel('Search').fill('faces');
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Show' })).toHaveText(/^analysed/);
  await expect(page.getByLabel('Search')).toHaveValue('faces');
  await expect(studio.library.getByRole('row')).toHaveCount(2);
  await page.getByLabel('Search').fill('nothing like it');
  await page.getByRole('button', { name: 'Show all videos' }).click();
  await expect(studio.library.getByRole('row')).toHaveCount(5);

  // So does the place in the table.
  await page.setViewportSize({ width: 1366, height: 220 });
  const table = page.locator('.table');
  await table.evaluate((element) => (element.scrollTop = 30));
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem('adatosk.library'))).toContain('"scroll":30');
  await page.reload();
  await expect.poll(() => table.evaluate(({ scrollTop }) => scrollTop)).toBe(30);
});

test('several files are chosen, selected videos are changed and removed, and undo brings them back', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await page.getByRole('banner').getByRole('button', { name: 'Add videos…' }).click();
  await studio.goToFolder(host.videos);
  const dialog = page.getByRole('dialog');
  for (const name of NAMES.slice(0, 2)) await dialog.getByRole('checkbox', { name }).check();
  await dialog.getByRole('button', { name: 'Add 2 selected videos' }).click();
  await expect(studio.toast).toContainText('2 videos added');
  await expect(studio.library.getByRole('row')).toHaveCount(3);

  // What was ticked for one change is not ticked for the next one.
  const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}` });
  await box(NAMES[0]).check();
  await page.getByRole('group', { name: 'Selected videos' }).getByRole('button', { name: 'Participant…' }).click();
  await dialog.getByLabel('Participant’s code').fill('P01');
  await dialog.getByLabel('Coder').fill('Ann');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(studio.row(NAMES[0])).toContainText('P01');
  await expect(box(NAMES[0])).not.toBeChecked();
  await box(NAMES[1]).check();
  await page.getByRole('group', { name: 'Selected videos' }).getByRole('button', { name: 'Participant…' }).click();
  await expect(dialog.getByLabel('Participant’s code')).toHaveValue('');
  await expect(dialog).toHaveAccessibleName('Participant of this video');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Remove from project…' }).click();
  await expect(dialog).toContainText('The video files stay where they are.');
  await expectAccessible(page, 'removal of videos');
  await dialog.getByRole('button', { name: 'Remove from project' }).click();
  await expect(studio.row(NAMES[1])).toBeHidden();
  await expect(studio.toast).toContainText(`Remove ${NAMES[1]} from the project`);
  await page.keyboard.press('Control+z');
  await expect(studio.row(NAMES[1])).toBeVisible();
  await expect(studio.toast).toContainText('Undone: Remove');
  await page.keyboard.press('Control+z');
  await expect(studio.row(NAMES[0])).not.toContainText('P01');
  await page.keyboard.press('Control+z');
  await expect(studio.toast).toContainText('There is nothing to undo.');

  // By the context menu, and back by adding the file again.
  await studio.row(NAMES[0]).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Remove from project…' }).click();
  await dialog.getByRole('button', { name: 'Remove from project' }).click();
  await expect(studio.row(NAMES[0])).toBeHidden();
  await studio.addVideos(host.videos);
  await expect(studio.library.getByRole('row')).toHaveCount(4);
});

test('menus work by keys, folders are watched by a switch, and dropped files get a remedy', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await page.getByRole('button', { name: /^New project/ }).click();
  await studio.goToFolder(host.folder);
  await page.getByLabel('Name').fill('studies/one');
  await expect(page.getByRole('button', { name: 'Create project' })).toBeDisabled();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('cannot contain /');
  await page.getByLabel('Name').fill('project');
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('heading', { name: 'project', exact: true })).toBeVisible();

  const more = page.getByRole('button', { name: 'More', exact: true });
  await more.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await expect(menu).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(more).toBeFocused();
  await more.click();
  await page.mouse.click(600, 500);
  await expect(menu).toBeHidden();

  await more.focus();
  await page.keyboard.press('Enter');
  const watched = page.getByRole('menuitem', { name: 'Watched folders…' });
  for (let i = 0; i < 8 && !(await watched.evaluate((item) => item === document.activeElement)); i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Watched folders' });
  await dialog.getByRole('button', { name: 'Watch a folder…' }).click();
  const choosing = page.getByRole('dialog', { name: 'Choose a folder to watch' });
  await studio.goToFolder(host.videos, choosing);
  await choosing.getByRole('button', { name: 'Watch this folder' }).click();
  const toggle = dialog.getByRole('switch', { name: `Watch ${host.videos}` });
  await expect(toggle).toBeChecked();
  await expectAccessible(page, 'watched folders');
  await toggle.focus();
  await page.keyboard.press('Space');
  await expect(toggle).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'a.mp4', { type: 'video/mp4' }));
    return data;
  });
  await page.dispatchEvent('.library', 'dragenter', { dataTransfer: dropped });
  await expect(page.getByText('Drop videos or folders here')).toBeVisible();
  await page.dispatchEvent('.library', 'drop', { dataTransfer: dropped });
  await expect(page.getByRole('dialog').getByRole('note')).toContainText('A browser does not tell where dropped files are stored.');
});

test('a reload comes back to the video, its moment and its tab; undo does not reach into another video without a word', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await expect(studio.library.getByRole('row')).toHaveCount(4);
  await studio.review(NAMES[0]);
  await studio.codeAs('Ann');
  await studio.labelFor('1', 1);
  await expect(studio.toast).toContainText('Label happiness');
  await studio.tab('Notes');
  const at = await studio.position.textContent();
  // The place is stored a moment later, and when the page goes.
  await page.reload();
  await expect(studio.position).toHaveText(at ?? '');
  await expect(page.getByRole('tab', { name: 'Notes' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('heading', { name: NAMES[0] })).toBeVisible();

  await page.getByRole('button', { name: 'Next video' }).click();
  await expect(page.getByRole('heading', { name: NAMES[1] })).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(studio.toast).toContainText(`The last step is in ${NAMES[0]}: Label happiness`);
  await expect(page.getByRole('heading', { name: NAMES[1] })).toBeVisible();
  await studio.toast.getByRole('button', { name: 'Undo there' }).click();
  await expect(page.getByRole('heading', { name: NAMES[0] })).toBeVisible();
  await expect(studio.toast).toContainText('Undone: Label happiness');
});

test('an address without the token says what to do', async ({ page, host }) => {
  const answer = await page.goto(new URL(host.address).origin);
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole('heading', { name: 'This address is no longer valid' })).toBeVisible();
  await expect(page.getByText('adatosk serve').first()).toBeVisible();
});

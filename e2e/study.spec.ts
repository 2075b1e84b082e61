import type { Locator } from '@playwright/test';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectAccessible } from './fixtures/looks.ts';
import { expect, test } from './fixtures/web-host.ts';
import { choose, expectOptions } from './page-objects/select-box.ts';
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
  await page.getByRole('button', { name: 'Lanes' }).click();
  await expect(page.getByRole('checkbox', { name: 'Trials and markers' })).toBeChecked();
  await page.keyboard.press('Escape');
  await lane.getByRole('button', { name: '+ Trial' }).click();
  await dialog.getByLabel('Start (s)').fill('3');
  await dialog.getByLabel('End (s)').fill('4');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('overlaps with “1” of the same type “film”');
  await dialog.getByLabel('Type').fill('baseline');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(trials).toHaveCount(2);
  await expectAccessible(page, 'trials');
  // A reload comes back to the video.
  await page.reload();
  await expect(trials).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(trials).toHaveCount(1);
  // A blind coder does not see what to expect.
  await page.getByRole('checkbox', { name: 'Blind' }).click();
  await expect(page.getByRole('checkbox', { name: 'Blind' })).toBeChecked();
  await expect(lane).toBeHidden();
});

test('copies are given out, edited, and taken back; a conflict is shown on both sides, decided, and undone', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  const VIDEO = 'happiness-and-surprise.mp4';
  const back = async (): Promise<void> => {
    await page.keyboard.press('Control+l');
    await expect(studio.library).toBeVisible();
  };
  /** Relabels Ann's only label in a project. */
  const relabel = async (key: string, label: RegExp): Promise<void> => {
    await studio.review(VIDEO);
    await studio.tier('Tier Ann (you)').getByRole('button').click();
    await page.keyboard.press(key);
    await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(label)]);
    await back();
  };
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.analyseNew();
  await studio.review(VIDEO);
  await studio.codeAs('Ann');
  await studio.labelFor('1', 1);
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^happiness/)]);
  await back();

  const dialog = page.getByRole('dialog', { name: 'Coders’ copies' });
  await studio.more('Coders’ copies…');
  await expect(dialog.getByRole('tab', { name: 'Give out' })).toHaveAttribute('aria-selected', 'true');
  await dialog.getByRole('checkbox', { name: 'Ann' }).check();
  await dialog.getByLabel('new coder').fill('Ben');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('3 videos go to all coders.')).toBeVisible();
  await expectAccessible(page, 'copies: give out');
  await dialog.getByRole('button', { name: 'Choose folder…' }).click();
  const where = page.getByRole('dialog', { name: 'Choose a folder for the copies' });
  await studio.goToFolder(host.folder, where);
  await where.getByLabel('New subfolder').fill('copies');
  await where.getByRole('button', { name: 'Give out here' }).click();
  await expect(dialog.getByRole('status')).toContainText('2 copies were made:');
  await expect(dialog.getByRole('cell', { name: join(host.folder, 'copies', 'Ben') })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // Ann's label becomes another one in her copy and in the project; Ben adds one of his own.
  await relabel('2', /^sadness/);
  await studio.openProject(join(host.folder, 'copies', 'Ann'));
  await relabel('4', /^anger/);
  await studio.openProject(join(host.folder, 'copies', 'Ben'));
  await studio.review(VIDEO);
  await studio.changeCoder('Ben');
  await studio.labelFor('5', 1);
  await expect.poll(() => studio.labelsIn('Tier Ben (you)')).toHaveLength(1);
  await back();
  await studio.openProject(join(host.folder, 'project'));

  // By the command palette this time.
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search commands' }).fill('copies');
  await page.keyboard.press('Enter');
  await dialog.getByRole('tab', { name: 'Give out' }).focus();
  await page.keyboard.press('ArrowRight');
  await dialog.getByRole('button', { name: 'Choose copies…' }).click();
  const choosing = page.getByRole('dialog', { name: 'Choose copies' });
  await studio.goToFolder(join(host.folder, 'copies'), choosing);
  await expect(choosing.getByRole('button', { name: /Ben/ })).toBeVisible();
  await choosing.getByRole('button', { name: 'All copies in this folder' }).click();
  const row = (name: string): Locator => dialog.getByRole('row').filter({ has: page.getByRole('cell', { name, exact: true }) });
  await expect(row('Ann')).toContainText('Labels of Ann: 1 conflict');
  await expect(row('Ben')).toContainText('Labels of Ben: 1 new');
  await expectAccessible(page, 'copies: take back');
  await dialog.getByRole('button', { name: 'Take back 2 copies' }).click();
  await expect(dialog.getByRole('status')).toContainText('2 copies were taken back. There is 1 new conflict.');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: '1 conflict' }).click();
  const conflict = dialog.getByRole('region', { name: /^Label · Ann/ });
  await expect(conflict).toContainText('sadness');
  await expect(conflict).toContainText('anger');
  await expectAccessible(page, 'copies: conflicts');
  await dialog.getByLabel('Your name').fill('Lead');
  await conflict.getByRole('button', { name: 'Use this version' }).last().click();
  await expect(dialog.getByText('There are no open conflicts.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(conflict).toBeVisible();
  const chosen = (await conflict.locator('dd.differs').last().textContent()) ?? '';
  await conflict.getByRole('button', { name: 'Use this version' }).last().click();
  await dialog.getByRole('tab', { name: 'Progress' }).click();
  await expect(row('Ben')).toContainText('Ben');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: '1 conflict' })).toBeHidden();
  await studio.review(VIDEO);
  await page.getByRole('button', { name: 'Other coders (2)' }).click();
  await expect.poll(() => studio.labelsIn('Tier Ann')).toEqual([expect.stringMatching(new RegExp(`^${chosen}`))]);
  await expect.poll(() => studio.labelsIn('Tier Ben')).toHaveLength(1);
});

test('a signal file is added in the window, with its columns and offset, and removed', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  const table = join(host.folder, 'physio.csv');
  writeFileSync(table, `Recorder 3\ntime_ms;EDA (µS);HR;note\n${Array.from({ length: 1000 }, (_, i) => `${i * 10};${(i % 50) / 10};70;x`).join('\n')}\n`);
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.analyseNew();
  await studio.review('happiness-and-surprise.mp4');
  await expect(studio.timelines).toBeVisible();
  await page.getByRole('button', { name: 'Lanes' }).click();
  await page.getByRole('button', { name: 'Add signal…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Add signals to/ });
  await expect(dialog).toBeVisible();
  await expect(page.getByRole('dialog', { name: 'Lanes' })).toBeHidden();
  await dialog.getByRole('button', { name: 'Choose file…' }).click();
  const where = page.getByRole('dialog', { name: 'Choose a table' });
  await studio.goToFolder(host.folder, where);
  await where.getByRole('button', { name: 'physio.csv' }).click();
  await expect(dialog.getByLabel('Line with the names')).toHaveValue('2');
  await expect(dialog.getByText('Columns to add: 2 of 3')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'HR' }).uncheck();
  await dialog.getByLabel('Offset, s').fill('2');
  await expect(dialog.getByText('Signals: 2 s to 11.99 s, 1000 samples')).toBeVisible();
  await expectAccessible(page, 'add signals');
  await dialog.getByLabel('Offset, s').press('Enter');
  await expect(dialog).toBeHidden();
  const lane = page.getByRole('img', { name: /^EDA/ });
  // On a busy machine, the table is read in several seconds.
  await expect(lane).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(lane).toBeVisible();
  await page.getByRole('button', { name: 'Lanes' }).click();
  await page.getByRole('button', { name: 'Remove EDA (µS)…' }).click();
  await expectAccessible(page, 'remove signals');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(lane).toBeVisible();
  await page.getByRole('button', { name: 'Lanes' }).click();
  await page.getByRole('button', { name: 'Remove EDA (µS)…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(lane).toBeHidden();
});

test('a person who comes back as another face is merged by mouse and by keys, and it is undone; two people cannot be merged', async ({ page, host }) => {
  await page.setViewportSize({ width: 1366, height: 650 });
  const folder = join(host.folder, 'people');
  mkdirSync(folder);
  for (const name of ['leaves-and-returns.mp4', 'two-faces.mp4']) cpSync(join('samples', name), join(folder, name));
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(folder);
  await studio.analyseNew();
  await studio.review('leaves-and-returns.mp4');
  await studio.codeAs('Ann');
  const chip = page.getByRole('button', { name: /^Face \d: no participant/ });
  const [menu, dialog] = [page.getByRole('menu'), page.getByRole('dialog')];
  const notice = studio.toast;
  const chooser = page.getByRole('combobox', { name: /^Face/ });
  await expect(chooser).toBeVisible();
  await choose(page, /^Face/, '2');
  // A label of face 2, which is visible from 8 s on.
  await studio.scrubber.focus();
  for (let i = 0; i < 9; i++) await page.keyboard.press('Shift+ArrowRight');
  await expect(studio.position).toHaveText(/^9 s/);
  await studio.labelFor('1', 1);
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toHaveLength(1);
  const labels = await studio.labelsIn('Tier Ann (you)');

  await chip.click();
  await expect(menu.getByRole('menuitem')).toHaveCount(3);
  await expectAccessible(page, 'face-menu');
  await menu.getByRole('menuitem', { name: 'Merge into face…' }).click();
  await dialog.getByRole('radio', { name: /^Face 1, no participant: 0 s – 4\.\d+ s; 30% of the video/ }).check();
  await expectAccessible(page, 'face-merge');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(notice).toContainText('Face 2 is now part of face 1.');
  await expect(dialog).toBeHidden();
  await expect(chip).toHaveText('Face 1: no participant');
  await expect(chooser).toBeHidden();
  // The label has moved with its face, which is one timeline now.
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual(labels);
  await expect(studio.timelines).toHaveAccessibleName(/face 1/);
  await page.getByRole('button', { name: 'Library' }).click();
  await expect(studio.row('leaves-and-returns.mp4')).toContainText('1 face');
  await studio.review('leaves-and-returns.mp4');
  await page.reload();
  await expect(chip).toHaveText('Face 1: no participant');
  await expect(chooser).toBeHidden();
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual(labels);
  await page.keyboard.press('Control+z');
  await expect(chooser).toBeVisible();
  await expectOptions(chooser, ['1', '2']);

  // The same by keys, undone in the notice.
  await choose(page, /^Face/, '2');
  await chip.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(menu.getByRole('menuitem', { name: 'Merge into face…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('radio')).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(notice).toContainText('Face 2 is now part of face 1.');
  await expect(chooser).toBeHidden();
  await notice.getByRole('button', { name: 'Undo' }).focus();
  await page.keyboard.press('Enter');
  await expect(notice).toContainText('Undone: Merge face 2 into face 1');
  await expectOptions(chooser, ['1', '2']);

  // A split at the playhead chooses the new face; the history names it.
  await choose(page, /^Face/, '1');
  await studio.scrubber.fill('0');
  await expect(studio.position).toHaveText(/^0 s/);
  await studio.scrubber.focus();
  for (let i = 0; i < 2; i++) await page.keyboard.press('Shift+ArrowRight');
  await expect(studio.position).toHaveText(/^2 s/);
  await chip.click();
  await menu.getByRole('menuitem', { name: 'Split at 2 s' }).click();
  await expect(notice).toContainText('From 2 s on, face 1 is now face 3.');
  await expect(chooser).toHaveText('3');
  await studio.tab('History');
  await expect(page.getByRole('tabpanel')).toContainText('Split face 1 at 2 s (new: face 3)');
  await page.keyboard.press('Control+z');
  await expectOptions(chooser, ['1', '2']);
  await expect(chooser).toHaveText('1');

  await page.getByRole('button', { name: 'Library' }).click();
  await studio.review('two-faces.mp4');
  await chip.click();
  await menu.getByRole('menuitem', { name: 'Merge into face…' }).click();
  await dialog.getByRole('radio').check();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText(/are two people: both are visible at the same time in two-faces\.mp4, first at \d/);
  await page.keyboard.press('Escape');
  await expect(chip).toBeFocused();
  await expectOptions(chooser, ['1', '2']);
});

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures/web-host.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

test.beforeEach(({ page }) => {
  page.on('pageerror', (error) => {
    throw error;
  });
});

test('from a new project to corrected labels that survive a reload', async ({ page, host }) => {
  await page.goto(host.address);
  expect(page.url()).not.toMatch(/token|key/);
  const studio = new StudioWindow(page);
  writeFileSync(join(host.videos, 'broken.mp4'), 'no video');
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await expect(studio.library.getByRole('row')).toHaveCount(5);
  await studio.analyseNew();
  await expect(studio.row('two-faces.mp4')).toContainText('2 faces');
  await expect(studio.queue).toContainText('broken.mp4');
  await expect(studio.queue.getByRole('listitem').filter({ hasText: 'broken.mp4' })).toContainText('is not a video');
  await expect(page.getByRole('note')).toContainText('trained on rendered faces');

  await studio.review('happiness-and-surprise.mp4');
  await studio.codeAs('Ann');
  await expect(studio.timelines).toBeVisible();
  await expect(studio.tier('Tier model')).toBeVisible();

  // A label from here to there, by keys alone.
  await page.keyboard.press('i');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(studio.position).toContainText('frame 25');
  await page.keyboard.press('1');
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(1);
  const [made] = await studio.labelsIn('Tier Ann (you)');
  expect(made).toMatch(/^happiness, 0\.00 to 1\.04 s$/);

  // Another label, a split, an undo.
  await page.keyboard.press('5');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^surprise/)]);
  await studio.scrubber.fill('12');
  await expect(studio.position).toContainText('frame 12');
  await page.keyboard.press('s');
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(2);
  await page.reload();
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(2);
  await page.keyboard.press('Control+z');
  await expect(studio.tier('Tier Ann (you)').getByRole('button')).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^happiness/)]);
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toEqual([expect.stringMatching(/^surprise/)]);

  // The tables of the run and Ann's labels for ELAN, without a command line.
  await page.getByRole('button', { name: 'Library' }).click();
  await studio.exportTo(host.folder, 'Tables (CSV)', 'tables');
  expect(readFileSync(join(host.folder, 'tables', 'peaks.csv'), 'utf8')).toContain('happiness-and-surprise.mp4');
  await studio.exportTo(host.folder, 'ELAN', 'elan', ['Ann']);
  const elan = readFileSync(join(host.folder, 'elan', 'happiness-and-surprise.eaf'), 'utf8');
  expect(elan).toMatch(/TIER_ID="Ann"/);
  expect(elan).toMatch(/>surprise</);
});

test('two windows see each other, and a blind coder sees nobody', async ({ page, host, context }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await studio.analyseNew();
  await studio.review('one-face-leaves.mp4');
  await studio.codeAs('Ann');
  const other = new StudioWindow(await context.newPage());
  await other.page.goto(host.address);
  await other.review('one-face-leaves.mp4');
  await page.keyboard.press('i');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(studio.position).toContainText('frame 25');
  await page.keyboard.press('4');
  await expect(other.tier('Tier Ann (you)').getByRole('button')).toHaveCount(1);

  await page.getByLabel('Blind').click();
  await expect(page.getByLabel('Blind')).toBeChecked();
  await expect(studio.timelines).toBeHidden();
  await expect(studio.tier('Tier model')).toBeHidden();
  await expect(page.getByText(/Model proposal/)).toBeHidden();
  await expect(studio.tier('Tier Ann (you)')).toBeVisible();

  // The next coder at the same computer, blind too, does not see what Ann said.
  await studio.changeCoder('Ben');
  await expect(studio.tier(/^Tier Ann/)).toBeHidden();
  await page.getByLabel('Blind').click();
  await page.getByRole('dialog').getByRole('button', { name: 'End blind coding' }).click();
  await expect(studio.tier('Tier Ann')).toBeVisible();
});

test('who goes somewhere before the picture has come is there when it comes', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  let known: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (known = resolve));
  await page.route('**/rpc/library/media', async (route) => {
    await held;
    await route.continue();
  });
  await studio.review('happiness-and-surprise.mp4');
  await studio.codeAs('Ann');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(studio.position).toContainText('1 s');
  known();
  await expect(studio.position).toContainText('1 s · frame 25');
  await page.keyboard.press('1');
  await expect.poll(() => studio.labelsIn('Tier Ann (you)')).toHaveLength(1);
  const [made] = await studio.labelsIn('Tier Ann (you)');
  expect(made).toMatch(/^happiness, 1\.00 to /);
});

test('a moved video is found again with its labels', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await studio.newProject(host.folder, 'project');
  await studio.addVideos(host.videos);
  await expect(studio.library.getByRole('row')).toHaveCount(4);
  mkdirSync(join(host.folder, 'moved'));
  renameSync(join(host.videos, 'two-faces.mp4'), join(host.folder, 'moved', 'two-faces.mp4'));
  await page.getByRole('button', { name: 'two-faces.mp4' }).first().click();
  await expect(studio.problem).toContainText('is no longer there');
  await page.getByRole('button', { name: 'Check for missing files' }).click();
  await page.getByRole('button', { name: 'Find 1 missing…' }).click();
  await studio.goToFolder(join(host.folder, 'moved'));
  await page.getByRole('button', { name: 'Search here' }).click();
  await expect(studio.row('two-faces.mp4')).not.toContainText('not found');
  await studio.review('two-faces.mp4');
});

test('the example is there at the first start, and the project is among the recent ones at the second', async ({ page, host }) => {
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await page.getByRole('button', { name: /^Try the example/ }).click();
  await expect(studio.row('two-people.mp4')).toBeVisible();
  await expect(studio.library.getByRole('cell', { name: /face/ }).first()).toBeVisible();
  await studio.closeProject();
  await page.getByRole('button', { name: /^Example project/ }).click();
  await expect(studio.row('two-people.mp4')).toBeVisible();
});

test('nothing is asked of any other host', async ({ page, host }) => {
  const foreign: string[] = [];
  page.on(
    'request',
    (request) => !/^(data:|blob:)/.test(request.url()) && new URL(request.url()).origin !== new URL(host.address).origin && foreign.push(request.url()),
  );
  await page.goto(host.address);
  await new StudioWindow(page).newProject(host.folder, 'project');
  expect(foreign).toEqual([]);
});

import { expect, test } from './fixtures/web-host.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, cpSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { picturesInAllLooks } from './fixtures/looks.ts';
import { choose, expectOptions } from './page-objects/select-box.ts';
import { ResultsWindow } from './page-objects/results-window.ts';

const work = mkdtempSync(join(tmpdir(), 'adatosk-e2e-'));
const results = join(work, 'results');

/** A real analysis of three of the sample videos and of one file that is none. */
test.beforeAll(() => {
  const videos = join(work, 'videos');
  mkdirSync(videos);
  for (const name of ['one-face-leaves.mp4', 'two-faces.mp4', 'two-people.mp4']) cpSync(join('samples', name), join(videos, name));
  writeFileSync(join(videos, 'broken.mp4'), 'no video');
  try {
    execFileSync(process.execPath, ['src/main/hosts/cli/adatosk.ts', 'analyze', videos, '--out', results, '--device', 'cpu'], { stdio: 'ignore' });
  } catch (error) {
    if ((error as { status?: number }).status !== 1) throw error; // one failed, as it should
  }
});
test.afterAll(() => rmSync(work, { recursive: true, force: true }));

test('results are opened, chosen and drawn; what the model was trained on is said', async ({ page, host }) => {
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => message.type() === 'error' && failures.push(message.text()));
  await page.goto(host.address);
  await page.getByRole('button', { name: /^Open results/ }).click();
  const window = new ResultsWindow(page);
  await window.openFolder(results);
  await expect(window.videos).toHaveCount(4);
  await expect(window.warning).toContainText('trained on rendered faces');
  await window.choose('two-faces.mp4');
  await expectOptions(window.face, ['1', '2']);
  await expect(window.timelines).toHaveAccessibleName('Timelines of face 1 in two-faces.mp4');
  await choose(page, 'Face', '2');
  await expect(window.timelines).toHaveAccessibleName('Timelines of face 2 in two-faces.mp4');
  const drawn = await window.timelines.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set<number>();
    for (let i = 0; i < data.length; i += 4) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    return colours.size;
  });
  expect(drawn).toBeGreaterThan(50);
  await window.choose('broken.mp4');
  await expect(page.getByText(/broken\.mp4 is not a video/)).toBeVisible();
  expect(failures).toEqual([]);
});

test('a folder without results is answered with a sentence', async ({ page, host }) => {
  await page.goto(host.address);
  await page.getByRole('button', { name: /^Open results/ }).click();
  const window = new ResultsWindow(page);
  await window.openFolder(join(work, 'videos'));
  await expect(window.problem).toContainText('holds no results');
});

picturesInAllLooks('results', async (page, _door, picture) => {
  await page.getByRole('button', { name: /^Open results/ }).click();
  const window = new ResultsWindow(page);
  await window.openFolder(results);
  await window.choose('one-face-leaves.mp4');
  await expect(window.timelines).toBeVisible();
  await picture('results');
});

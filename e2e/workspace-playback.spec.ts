import type { Locator, Page } from '@playwright/test';
import { MARGIN } from '../src/renderer/src/composables/axis.ts';
import { OWN, openSixExpressions as open } from './fixtures/six-expressions.ts';
import { expect, test } from './fixtures/web-host.ts';
import type { StudioWindow } from './page-objects/studio-window.ts';

/** Length of the video. */
const LENGTH_S = 20;

/** Where a moment is in a lane, in pixels of the window, while the whole video is shown. */
async function xOf(lane: Locator, seconds: number): Promise<number> {
  const box = (await lane.boundingBox())!;
  return box.x + MARGIN.left + (seconds / LENGTH_S) * (box.width - MARGIN.left - MARGIN.right);
}
/** Drags over a lane or the ruler, by seconds of the video, which is shown as a whole. */
async function drag(page: Page, lane: Locator, fromS: number, toS: number, { isHeld = false } = {}): Promise<void> {
  const box = (await lane.boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(await xOf(lane, fromS), y);
  await page.mouse.down();
  await page.mouse.move(await xOf(lane, (fromS + toS) / 2), y);
  await page.mouse.move(await xOf(lane, toS), y);
  if (!isHeld) await page.mouse.up();
}
const frameOf = async (studio: StudioWindow): Promise<number> => Number(/frame (\d+)/.exec((await studio.position.textContent())!)![1]);
const blur = (page: Page): Promise<void> => page.evaluate(() => (document.activeElement as HTMLElement).blur());

/** All frames that the window reports, from now on. */
async function recordFrames(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const frames: number[] = [];
    (window as unknown as { frames: number[] }).frames = frames;
    const position = document.querySelector('[aria-label="Position"]')!;
    new MutationObserver(() => frames.push(Number(/frame (\d+)/.exec(position.textContent)![1]))).observe(position, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { frames: number[] }).frames);
}

test('a trial is trimmed by its edge and moved by dragging; Escape puts it back; an overlap is rejected', async ({ page, host }) => {
  const studio = await open(page, host);
  await page.getByRole('button', { name: 'Lanes' }).click();
  await page.getByRole('checkbox', { name: 'Trials and markers' }).check();
  await page.keyboard.press('Escape');
  const lane = page.getByRole('group', { name: 'Trials and markers' });
  const trials = lane.getByRole('button', { name: /^film/ });
  for (const [from, to] of [
    [2, 6],
    [12, 16],
  ] as const) {
    await drag(page, lane, from, to);
    await page.getByLabel('Type').fill('film');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
  }
  await expect(trials).toHaveCount(2);
  const spans = (): Promise<string[]> =>
    trials.evaluateAll((buttons) =>
      buttons.map((button) =>
        /([\d.]+) to ([\d.]+)/
          .exec(button.getAttribute('aria-label')!)!
          .slice(1)
          .map((text) => Math.round(Number(text)))
          .join('-'),
      ),
    );
  expect(await spans()).toEqual(['2-6', '12-16']);
  await trials.first().hover();
  await expect(trials.first().locator('.edge.end')).toHaveCSS('opacity', '0.6');
  const edge = (await trials.first().locator('.edge.end').boundingBox())!;
  await page.mouse.move(edge.x + 3, edge.y + 8);
  await page.mouse.down();
  await page.mouse.move(edge.x + 100, edge.y + 8);
  await page.mouse.move(await xOf(lane, 9), edge.y + 8);
  await expect(lane.locator('.chip')).toContainText(/frames \d+ to \d+ \(\d+\)/);
  // The video shows the frame at the edge.
  await expect.poll(() => frameOf(studio)).toBeGreaterThan(220);
  await page.mouse.up();
  await expect.poll(spans).toEqual(['2-9', '12-16']);
  await drag(page, lane, 5, 8, { isHeld: true });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await spans()).toEqual(['2-9', '12-16']);
  await expect(page.getByRole('dialog')).toBeHidden();
  await drag(page, lane, 5, 9);
  await expect(studio.problem).toContainText('because it overlaps with “2” of the same type “film”');
  await studio.problem.getByRole('button', { name: 'Close' }).click();
  await drag(page, lane, 5, 4);
  await expect.poll(spans).toEqual(['1-8', '12-16']);
  await blur(page);
  await page.keyboard.press('Control+z');
  await expect.poll(spans).toEqual(['2-9', '12-16']);
});

test('Ctrl+F finds labels by name, coder, comment and confidence, and goes from hit to hit', async ({ page, host }) => {
  const studio = await open(page, host);
  for (const [i, frame] of ['50', '400'].entries()) {
    await studio.scrubber.fill(frame);
    await blur(page);
    await page.keyboard.press('5');
    await expect.poll(() => studio.labelsIn(OWN)).toHaveLength(i + 1);
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+f');
  const field = page.getByRole('textbox', { name: 'Find labels' });
  const count = page.getByRole('search', { name: 'Find labels' }).getByRole('status');
  await expect(field).toBeFocused();
  await field.fill('ann surprise');
  await expect(count).toHaveText('2 found');
  await studio.scrubber.fill('0');
  await field.focus();
  await page.keyboard.press('Enter');
  await expect(count).toHaveText('1 of 2');
  await expect(studio.position).toContainText('frame 50');
  await expect(studio.tier(OWN).getByRole('button', { pressed: true })).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(studio.position).toContainText('frame 400');
  await page.keyboard.press('Shift+Enter');
  await expect(studio.position).toContainText('frame 50');
  const model = studio.tier('Tier model').getByRole('button', { name: /^(?!peak)/ });
  await field.fill('model >= 0');
  await expect(count).toHaveText(`${await model.count()} found`);
  await field.fill('< 0');
  await expect(count).toHaveText('none found');
  // In the field, Ctrl+F selects what is written; Escape closes the search.
  await page.keyboard.press('Control+f');
  await page.keyboard.type('sad');
  await expect(field).toHaveValue('sad');
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();
  // In the library, Ctrl+F stays the browser's.
  await page.evaluate(() => window.addEventListener('keydown', ({ key, defaultPrevented }) => key === 'f' && (document.title = `${defaultPrevented}`)));
  await page.keyboard.press('Control+f');
  await expect(page).toHaveTitle('true');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+l');
  await expect(studio.library).toBeVisible();
  await page.keyboard.press('Control+f');
  await expect(page).toHaveTitle('false');
});

test('with J, K and L as transport keys, L doubles the speed, J plays backwards, and help shows the keys that apply', async ({ page, host }) => {
  const studio = await open(page, host);
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(keys.getByRole('button', { name: 'Change the key of Next proposal to review, now J' })).toBeVisible();
  await keys.getByLabel('Keys J, K and L play backwards').check();
  await expect(keys.getByRole('button', { name: 'Change the key of Next proposal to review, now U' })).toBeVisible();
  await expect(keys.getByRole('button', { name: /Play backwards.*now J$/ })).toBeVisible();
  await keys.getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await expect(studio.position).toContainText('frame 0');
  await studio.scrubber.fill('200');
  await blur(page);
  await expect(studio.position).toHaveAttribute('aria-busy', 'false');
  const speed = page.getByRole('combobox', { name: 'Speed' });
  await page.keyboard.press('l');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('l');
  await expect(speed).toHaveText('2×');
  await page.keyboard.press('l');
  await expect(speed).toHaveText('4×');
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(speed).toHaveText('1×');
  const before = await frameOf(studio);
  expect(before).toBeGreaterThan(200);
  const recorded = await recordFrames(page);
  await page.keyboard.press('j');
  await expect(page.getByText('Backwards 1×')).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByText('Backwards 2×')).toBeVisible();
  await expect.poll(() => frameOf(studio)).toBeLessThan(before - 40);
  await page.keyboard.press('k');
  await expect(page.getByText(/^Backwards/)).toBeHidden();
  const after = await frameOf(studio);
  const frames = await recorded();
  expect(frames.every((frame, i) => i === 0 || frame <= frames[i - 1]!)).toBe(true);
  await page.waitForTimeout(400);
  expect(await frameOf(studio)).toBe(after);
  // A step takes over from playing backwards.
  await page.keyboard.press('j');
  await expect(page.getByText('Backwards 1×')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('the volume is set with a slider and remembered', async ({ page, host }) => {
  const studio = await open(page, host);
  const heard = (): Promise<[number, boolean]> => studio.video.evaluate((video: HTMLVideoElement) => [Math.round(100 * video.volume), video.muted]);
  await page.getByRole('button', { name: 'Sound' }).click();
  const slider = page.getByRole('slider', { name: 'Volume' });
  await slider.focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowLeft');
  expect(await heard()).toEqual([70, false]);
  await page.keyboard.press('Escape');
  await blur(page);
  await page.keyboard.press('Shift+M');
  expect(await heard()).toEqual([70, true]);
  await page.reload();
  await expect(studio.position).toBeVisible();
  await expect.poll(heard).toEqual([70, true]);
  await page.getByRole('button', { name: 'Sound' }).click();
  await page.getByRole('button', { name: 'Mute' }).click();
  expect(await heard()).toEqual([70, false]);
});

test('a span that is drawn on the ruler with Shift is played again and again, up to its last frame', async ({ page, host }) => {
  const studio = await open(page, host);
  const ruler = page.locator('.ruler');
  await page.keyboard.down('Shift');
  await drag(page, ruler, 4, 4.8);
  await page.keyboard.up('Shift');
  const loop = page.getByRole('img', { name: /^Loop from/ });
  await expect(loop).toBeVisible();
  const first = await frameOf(studio);
  expect(first).toBeGreaterThan(95);
  const [, fromS, toS] = /from ([\d.]+) s to ([\d.]+) s/.exec((await loop.getAttribute('aria-label'))!)!;
  const last = Math.round(Number(toS) * 25) - 1;
  expect(first).toBe(Math.round(Number(fromS) * 25));
  const recorded = await recordFrames(page);
  await page.keyboard.press('Space');
  await page.waitForTimeout(3000);
  await page.keyboard.press('Space');
  const frames = await recorded();
  expect(Math.min(...frames)).toBe(first);
  // A computer that cannot display every frame can be a frame late.
  expect(Math.max(...frames)).toBeLessThanOrEqual(last + 1);
  expect(Math.max(...frames)).toBeGreaterThanOrEqual(last - 1);
  expect(frames.filter((frame, i) => i > 0 && frame < frames[i - 1]!).length).toBeGreaterThan(1);
  // The same by keys: up to the end of the video, which does not stop it.
  await page.keyboard.press('l');
  await expect(loop).toBeHidden();
  await studio.scrubber.fill('490');
  await blur(page);
  await page.keyboard.press('Shift+I');
  await expect(loop).toHaveAccessibleName('Loop from 19.6 s to 20 s');
  await page.keyboard.press('Space');
  await page.waitForTimeout(2000);
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('Space');
  expect(await frameOf(studio)).toBeGreaterThanOrEqual(490);
});

test('the lane of pictures is in a large window, loads them when the view rests, and is switched on in a small one', async ({ page, host }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const asked: string[] = [];
  page.on('request', (request) => void (/thumbnails\/[^/]+\//.test(request.url()) && asked.push(request.url())));
  await open(page, host);
  const lane = page.getByRole('img', { name: 'Pictures of the video over time' });
  const painted = (): Promise<number> =>
    lane.evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i]! > 0) count += 1;
      return (4 * count) / data.length;
    });
  await expect.poll(painted).toBeGreaterThan(0.4);
  await expect.poll(async () => [asked.length, (await page.waitForTimeout(600), asked.length)].join()).toMatch(/^(\d+),\1$/);
  const before = asked.length;
  expect(before).toBeLessThan(30);
  // While the wheel turns, nothing is asked for.
  const box = (await lane.boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 10);
  for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -200);
  expect(asked.length).toBe(before);
  await expect.poll(() => asked.length).toBeGreaterThan(before);
  await page.setViewportSize({ width: 1366, height: 650 });
  await page.evaluate(() => localStorage.removeItem('adatosk.settings'));
  await page.reload();
  await expect(page.getByRole('button', { name: 'Lanes' })).toBeVisible();
  await expect(lane).toBeHidden();
  await page.getByRole('button', { name: 'Lanes' }).click();
  await page.getByRole('checkbox', { name: 'Pictures' }).check();
  await expect.poll(painted).toBeGreaterThan(0.4);
});

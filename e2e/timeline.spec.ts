import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { measureFrames } from '../bench/timeline-frames.ts';
import { expect, test } from './fixtures/web-host.ts';
import { StudioWindow } from './page-objects/studio-window.ts';

/** Limit of the window's memory with two hours open. Times depend on the computer: they are printed, not tested. */
const MOST_HEAP_MB = 500;

test('the timelines of two hours are drawn, zoomed and dragged in limited memory', async ({ page, host }) => {
  const folder = join(host.folder, 'long');
  execFileSync(process.execPath, ['bench/long-review.ts', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  await page.addInitScript(() => {
    const tasks: number[] = [];
    (window as unknown as { longTasks: number[] }).longTasks = tasks;
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] });
  });
  await page.goto(host.address);
  const studio = new StudioWindow(page);
  await page.getByRole('button', { name: /^Open project/ }).click();
  await studio.goToFolder(join(folder, 'project'));
  await page.getByRole('dialog').getByRole('button', { name: 'Open', exact: true }).click();
  await expect(studio.row('two-hours.mp4')).toBeVisible();

  // From the press to the frame after the one in which the charts are there, by the page's own clock.
  const firstDrawMs = await page.getByRole('button', { name: 'two-hours.mp4' }).evaluate(
    (button) =>
      new Promise<number>((resolve) => {
        const begun = performance.now();
        const look = (): void => {
          const isThere = document.querySelector('.plot canvas') !== null;
          if (isThere) requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun)));
          else requestAnimationFrame(look);
        };
        (button as HTMLElement).click();
        look();
      }),
  );
  await expect(studio.timelines.locator('canvas')).toBeVisible();
  await expect(studio.position).toContainText('frame 0');

  const before = await pictureOf(studio);
  const { still, panning, zooming } = await measureFrames(page, (await studio.timelines.boundingBox())!);

  await page.evaluate(() => ((window as unknown as { longTasks: number[] }).longTasks.length = 0));
  await page.getByRole('button', { name: 'Play' }).click();
  await page.waitForTimeout(4000);
  await page.getByRole('button', { name: 'Pause' }).click();
  const longTasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  const heapMb = (await page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize)) / 1e6;
  const longTaskMs = Math.max(0, ...longTasks);
  console.log(
    `first draw ${firstDrawMs.toFixed(0)} ms; frames/s: ${still.toFixed(0)} at rest, ${panning.toFixed(0)} panning, ${zooming.toFixed(0)} zooming; longest task while playing ${longTaskMs.toFixed(0)} ms; heap ${heapMb.toFixed(0)} MB`,
  );
  // It was panned and zoomed: what is drawn is another part of the video than before.
  expect(await pictureOf(studio)).not.toBe(before);
  expect(heapMb).toBeLessThan(MOST_HEAP_MB);
});

function pictureOf(studio: StudioWindow): Promise<string> {
  return studio.timelines.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

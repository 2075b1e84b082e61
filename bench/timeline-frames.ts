import type { Page } from '@playwright/test';

/** Frames per second of the window. */
export interface FrameRates {
  /** While nothing happens: what this browser and screen can show. */
  readonly still: number;
  readonly panning: number;
  readonly zooming: number;
}

/** Between two moves of the pointer, in milliseconds: a hand moves at most as often as a screen shows. */
const MOVE_MS = 16;

/** Measures how many frames a second the window shows while the lanes of the open video are panned and zoomed. */
export async function measureFrames(
  page: Page,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Promise<FrameRates> {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 3];
  await page.mouse.move(x, y);
  const still = await rateDuring(page, () => page.waitForTimeout(1500));
  // Into a part of the video, so that panning moves what is drawn.
  for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -240);
  const panning = await rateDuring(page, async () => {
    await page.mouse.down({ button: 'middle' });
    for (let i = 0; i < 120; i++) {
      await page.mouse.move(x - 3 * i, y);
      await page.waitForTimeout(MOVE_MS);
    }
    await page.mouse.up({ button: 'middle' });
  });
  const zooming = await rateDuring(page, async () => {
    for (let i = 0; i < 80; i++) {
      await page.mouse.wheel(0, i % 40 < 20 ? 120 : -120);
      await page.waitForTimeout(MOVE_MS);
    }
  });
  return { still, panning, zooming };
}

/** Counts frames in the page. */
interface FrameCounter {
  frames: number;
  readonly begun: number;
  isRunning: boolean;
}
/** What the page's own script uses of its window: this file has no types of browsers. */
interface CountingWindow {
  frameCounter: FrameCounter;
  requestAnimationFrame(callback: () => void): number;
}

async function rateDuring(page: Page, work: () => Promise<unknown>): Promise<number> {
  await page.evaluate(() => {
    const own = globalThis as unknown as CountingWindow;
    const counter: FrameCounter = { frames: 0, begun: performance.now(), isRunning: true };
    own.frameCounter = counter;
    const tick = (): void => {
      counter.frames += 1;
      if (counter.isRunning) own.requestAnimationFrame(tick);
    };
    own.requestAnimationFrame(tick);
  });
  await work();
  return page.evaluate(() => {
    const { frameCounter: counter } = globalThis as unknown as CountingWindow;
    counter.isRunning = false;
    return (1000 * counter.frames) / (performance.now() - counter.begun);
  });
}

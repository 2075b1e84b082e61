import type { Page } from '@playwright/test';
import { benchVideo } from './bench-video.ts';
import { withLongReview } from './review-window.ts';

const MINUTES = 40;
const JUMPS = 12;
const LABELS = 12;

/**
 * How long a person waits in the window with an analysed video of 40 minutes, 1280 x 720: from the press that opens it to its picture
 * and its timelines, from a press on the overview to the picture of that moment, and from a key to its label on the screen. All by
 * the page's own clock.
 */
export async function benchWindow(line: (text: string) => void): Promise<Record<string, number>> {
  line(`making a project with ${MINUTES} minutes of video`);
  const video = await benchVideo(MINUTES);
  return withLongReview(video, async (page) => {
    await page.getByRole('button', { name: /min\.mp4$/ }).waitFor();
    line('opening the video');
    const opening = await openingTimes(page);
    await page.waitForTimeout(3000);
    await page.getByLabel('Who is coding?').fill('Bench');
    await page.getByRole('button', { name: 'Start' }).click();
    line('jumping');
    const jumps = await jumpTimes(page);
    line('labelling');
    const labels = await labelTimes(page);
    return {
      open_picture_ms: opening.picture,
      open_timelines_ms: opening.timelines,
      jump_median_ms: quantile(jumps, 0.5),
      jump_95_ms: quantile(jumps, 0.95),
      label_median_ms: quantile(labels, 0.5),
      label_95_ms: quantile(labels, 0.95),
    };
  });
}

/** What the page's own script uses of its window: this file has no types of browsers. */
interface PageWindow {
  measured: Promise<number>;
  requestAnimationFrame(callback: () => void): number;
  readonly document: {
    querySelector(selector: string): (PageElement & { click(): void }) | null;
    querySelectorAll(selector: string): { readonly length: number };
  };
}
interface PageElement {
  readonly readyState?: number;
  addEventListener(kind: string, listener: () => void, options: { once: boolean }): void;
}

function openingTimes(page: Page): Promise<{ picture: number; timelines: number }> {
  return page.getByRole('button', { name: /min\.mp4$/ }).evaluate(
    (button) =>
      new Promise<{ picture: number; timelines: number }>((resolve) => {
        const own = globalThis as unknown as PageWindow;
        const begun = performance.now();
        const times = { picture: NaN, timelines: NaN };
        const look = (): void => {
          // In the frame after it, the change is on the screen.
          own.requestAnimationFrame(() => {
            if (Number.isNaN(times.picture) && (own.document.querySelector('video')?.readyState ?? 0) >= 2) times.picture = performance.now() - begun;
            if (Number.isNaN(times.timelines) && own.document.querySelector('[data-part="lanes"] [role="img"] canvas') !== null)
              times.timelines = performance.now() - begun;
            if (Number.isNaN(times.picture + times.timelines)) look();
            else resolve(times);
          });
        };
        (button as unknown as { click(): void }).click();
        look();
      }),
  );
}

/** Presses all over the overview: from the press to the frame in which the picture of that moment is there. */
async function jumpTimes(page: Page): Promise<number[]> {
  const box = await page.getByRole('img', { name: /^Overview/ }).boundingBox();
  if (box === null) throw new Error('The overview is not shown.');
  const times: number[] = [];
  for (let i = 0; i < JUMPS; i++) {
    const share = ((i * 7) % JUMPS) / JUMPS + 0.03;
    await page.evaluate(() => {
      const own = globalThis as unknown as PageWindow & PageElement;
      own.measured = new Promise<number>((resolve, reject) => {
        const press = (): void => {
          const begun = performance.now();
          const arrived = (): void => void own.requestAnimationFrame(() => resolve(performance.now() - begun));
          own.document.querySelector('video')?.addEventListener('seeked', arrived, { once: true });
          setTimeout(() => reject(new Error('The video did not jump.')), 20_000);
        };
        own.addEventListener('pointerdown', press, { once: true });
      });
    });
    await page.mouse.click(box.x + share * box.width, box.y + box.height / 2);
    times.push(await measured(page));
    await page.waitForTimeout(300);
  }
  return times;
}

/** Labels at different moments by a key: from the key to the frame in which the new label, which is selected, is drawn. */
async function labelTimes(page: Page): Promise<number[]> {
  const times: number[] = [];
  // In a view of 40 s, each label is an element of its own.
  for (let i = 0; i < 8; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
  for (let i = 0; i < LABELS; i++) {
    await page.keyboard.press('Escape');
    for (let second = 0; second < 3; second++) await page.keyboard.press('Shift+ArrowRight');
    await page.waitForTimeout(400);
    await page.evaluate(() => {
      const own = globalThis as unknown as PageWindow & PageElement;
      own.measured = new Promise<number>((resolve, reject) => {
        const look = (begun: number): void => {
          own.requestAnimationFrame(() => {
            if (own.document.querySelector('.tier:has(> .own) .segment.selected') !== null) resolve(performance.now() - begun);
            else if (performance.now() - begun > 20_000) reject(new Error('No label was drawn.'));
            else look(begun);
          });
        };
        own.addEventListener(
          'keydown',
          () => {
            look(performance.now());
          },
          { once: true },
        );
      });
    });
    await page.keyboard.press('1');
    times.push(await measured(page));
  }
  return times;
}

/** What the page has measured since it was asked to: it must listen before the press. */
const measured = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as PageWindow).measured);

/** Nearest rank. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

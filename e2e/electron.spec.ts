import { _electron as electron, expect, test } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The real binary, from the built files; only where it is installed (playwright.config.ts says so loudly where it is not). */
test('the desktop window opens, has nothing of Node, and speaks the contract', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-electron-'));
  const app = await electron.launch({ args: ['.'], env: { ...(process.env as Record<string, string>), ADATOSK_CONFIG: folder, ADATOSK_CACHE: folder } });
  try {
    const page = await app.firstWindow();
    await expect(page.getByRole('button', { name: /^New project/ })).toBeVisible();
    expect(await page.evaluate(() => ['process', 'require', 'module'].filter((name) => name in window))).toEqual([]);
    await app.evaluate(
      ({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      },
      join(folder, 'project'),
    );
    await page.getByRole('button', { name: /^New project/ }).click();
    await expect(page.getByRole('heading', { name: 'No videos yet' })).toBeVisible();
    await app.evaluate(
      ({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      },
      join(process.cwd(), 'samples'),
    );
    await page.getByRole('banner').getByRole('button', { name: 'Add videos…' }).click();
    await page.getByRole('menuitem', { name: 'Add the videos of a folder…' }).click();
    await page.getByRole('button', { name: 'two-faces.mp4' }).click();
    // Served in ranges: the player can jump to the end.
    await expect
      .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => (video.seekable.length > 0 ? video.seekable.end(0) : 0)))
      .toBeGreaterThan(5);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

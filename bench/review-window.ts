import type { Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Opens the library of a project with one long analysed video, in Chromium (CHROMIUM_PATH, or the one of Playwright) without a GPU.
 * @param video its path; null makes one of two hours
 * @param work gets the window
 */
export async function withLongReview<T>(video: string | null, work: (page: Page) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-bench-'));
  execFileSync(process.execPath, ['bench/long-review.ts', folder, ...(video === null ? [] : [video])], { stdio: ['ignore', 'ignore', 'inherit'] });
  const host = spawn(process.execPath, ['src/main/hosts/cli/adatosk.ts', 'serve', '--json', '--project', join(folder, 'project')], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ADATOSK_CACHE: folder, ADATOSK_CONFIG: join(folder, 'settings') },
  });
  const executablePath = process.env['CHROMIUM_PATH'];
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'],
  });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      createInterface({ input: host.stdout }).on('line', (text) => text.startsWith('{') && resolve((JSON.parse(text) as { address: string }).address));
      host.once('exit', (code) => reject(new Error(`adatosk serve ended with ${code}`)));
    });
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    // The marks that explain the review once are not measured.
    await page.addInitScript(() => localStorage.setItem('adatosk.settings', '{"hasSeenIntroduction":true}'));
    await page.goto(address);
    return await work(page);
  } finally {
    await browser.close();
    const ended = new Promise((resolve) => host.once('exit', resolve));
    host.kill('SIGTERM');
    if (host.exitCode === null) await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

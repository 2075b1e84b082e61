import { chromium } from '@playwright/test';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { measureFrames } from './timeline-frames.ts';

/** Lines that are drawn: seven probabilities, three masks, intensity. */
const SERIES = 11;

/**
 * Frames per second of the review's lanes with two hours of video, in Chromium (CHROMIUM_PATH, or the one of Playwright) without a
 * GPU, beside those of the same window when nothing moves.
 */
export async function benchTimeline(line: (text: string) => void): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'adatosk-bench-'));
  line('making a project with two hours of video');
  execFileSync(process.execPath, ['bench/two-hours.ts', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
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
    await page.getByRole('button', { name: 'two-hours.mp4' }).click();
    const lanes = page.getByRole('img', { name: /^Timelines of face/ });
    await lanes.waitFor();
    await page.waitForTimeout(2000);
    const box = await lanes.boundingBox();
    if (box === null) throw new Error('The lanes are not shown.');
    line('panning and zooming');
    const { still, panning, zooming } = await measureFrames(page, box);
    return {
      timeline_hours: 2,
      timeline_series: SERIES,
      timeline_frames_per_second_still: still,
      timeline_frames_per_second_panning: panning,
      timeline_frames_per_second_zooming: zooming,
      timeline_panning_over_still: panning / still,
      timeline_zooming_over_still: zooming / still,
    };
  } finally {
    await browser.close();
    const ended = new Promise((resolve) => host.once('exit', resolve));
    host.kill('SIGTERM');
    if (host.exitCode === null) await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

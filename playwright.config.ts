import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';

/** Electron's npm package comes without its binary, which it downloads at its first start. */
const hasElectron = existsSync('node_modules/electron/path.txt') && existsSync('node_modules/electron/dist');
const notRun = hasElectron ? [] : ["the desktop window itself (e2e/electron.spec.ts): Electron's binary is not installed; `npx install-electron` fetches it"];

/** The window in a real browser, through the web host (`adatosk serve`), from the built files. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  workers: 1,
  reporter: [['list'], ['./e2e/not-run-reporter.ts', { what: notRun }]],
  projects: [{ name: 'browser', testIgnore: 'electron.spec.ts' }, ...(hasElectron ? [{ name: 'electron', testMatch: 'electron.spec.ts' }] : [])],
  use: {
    actionTimeout: 30_000,
    viewport: { width: 1366, height: 768 },
    launchOptions: {
      ...(process.env['CHROMIUM_PATH'] === undefined ? {} : { executablePath: process.env['CHROMIUM_PATH'] }),
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-gpu',
      ],
    },
  },
});

import { defineConfig } from '@playwright/test';

/** The window in a real browser, from the built files. Electron joins when its door can analyse (see README). */
export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  workers: 1,
  reporter: 'list',
  use: {
    baseURL: 'http://127.0.0.1:47511',
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
  webServer: {
    command: 'node node_modules/vite/bin/vite.js preview --outDir ../../out/renderer --port 47511 --host 127.0.0.1 --strictPort src/renderer',
    url: 'http://127.0.0.1:47511',
    reuseExistingServer: false,
  },
});

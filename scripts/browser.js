// The browser for the end-to-end tests: Chromium of the system, or else that of Playwright, which is downloaded.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { aptInstall, ownNode } from './install.js';

/** Sets CHROMIUM_PATH. Installs Chromium if possible, or else exits with a message that states what to do. */
export function needChromium() {
  const candidates = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = () => candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
  if (found() === undefined) aptInstall('chromium');
  const path = found();
  if (path !== undefined) {
    process.env.CHROMIUM_PATH = path;
    return;
  }
  process.stdout.write('No Chromium was found. Playwright downloads one …\n');
  if (spawnSync(ownNode(), ['node_modules/@playwright/test/cli.js', 'install', 'chromium'], { stdio: 'inherit' }).status !== 0) {
    process.stderr.write('The end-to-end tests need Chromium. Install it and set CHROMIUM_PATH to its path.\n');
    process.exit(1);
  }
}

// npm test: all checks, from nothing. Arguments go to Vitest: npm test -- peaks
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { aptInstall, install, needFfmpeg, ownNode, run } from './install.js';

install({ dev: true });
needFfmpeg();
const only = process.argv.slice(2);
const steps =
  only.length > 0
    ? [['unit tests', ['node_modules/vitest/vitest.mjs', 'run', ...only]]]
    : [
        ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']],
        ['lint', ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.']],
        ['types, node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.node.json']],
        ['types, preload', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.preload.json']],
        ['types, e2e', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.e2e.json']],
        ['types, window', ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', 'tsconfig.web.json']],
        ['unit tests', ['node_modules/vitest/vitest.mjs', 'run']],
        ['build', ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn']],
        ['end to end', ['node_modules/@playwright/test/cli.js', 'test']],
      ];
if (only.length === 0) needChromium();
for (const [name, args] of steps) {
  const begun = Date.now();
  process.stdout.write(`\n== ${name}\n`);
  const status = run(ownNode(), args);
  if (status !== 0) {
    process.stdout.write(`\n${name} failed\n`);
    process.exit(status);
  }
  process.stdout.write(`== ${name}: ok, ${((Date.now() - begun) / 1000).toFixed(0)} s\n`);
}

/** A browser for the end-to-end tests: Chromium of the system, or Playwright's own where it can be downloaded. */
function needChromium() {
  const candidates = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = () => candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
  if (found() === undefined) aptInstall('chromium');
  const path = found();
  if (path !== undefined) {
    process.env.CHROMIUM_PATH = path;
    return;
  }
  process.stdout.write('No Chromium was found; asking Playwright for one …\n');
  if (spawnSync(ownNode(), ['node_modules/@playwright/test/cli.js', 'install', 'chromium'], { stdio: 'inherit' }).status !== 0) {
    process.stderr.write('The end-to-end tests need a Chromium. Install one and set CHROMIUM_PATH to it.\n');
    process.exit(1);
  }
}

// npm test: installs everything and runs all checks. Arguments go to Vitest: npm test -- peaks
import { spawnSync } from 'node:child_process';
import { needChromium } from './browser.js';
import { aptInstall, install, needFfmpeg, ownNode, run } from './install.js';

install({ dev: true });
needFfmpeg();
// One test traces system calls to check that no command opens an internet socket.
if (process.platform === 'linux' && spawnSync('strace', ['-V'], { stdio: 'ignore' }).status !== 0) aptInstall('strace');
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
        ['types, components', ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', 'tsconfig.components.json']],
        ['types, window', ['node_modules/vue-tsc/bin/vue-tsc.js', '-p', 'tsconfig.web.json']],
        ['unit tests', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'components']],
        ['integration tests', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration']],
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

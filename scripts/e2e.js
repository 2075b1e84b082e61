// npm run e2e [-- NAME …]: the end-to-end tests, or those whose file name has NAME, on a fresh build.
import { needChromium } from './browser.js';
import { install, needFfmpeg, ownNode, run } from './install.js';

install({ dev: true });
needFfmpeg();
needChromium();
const built = run(ownNode(), ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn']);
process.exitCode = built === 0 ? run(ownNode(), ['node_modules/@playwright/test/cli.js', 'test', ...process.argv.slice(2)]) : built;

// npm run e2e [-- NAME …]: builds the program and runs the end-to-end tests, or only those with NAME in their file name.
import { needChromium } from './browser.js';
import { install, needFfmpeg, ownNode, run } from './install.js';

install({ dev: true });
needFfmpeg();
needChromium();
const built = run(ownNode(), ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn']);
process.exitCode = built === 0 ? run(ownNode(), ['node_modules/@playwright/test/cli.js', 'test', ...process.argv.slice(2)]) : built;

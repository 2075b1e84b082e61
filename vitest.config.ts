import { vueInNode } from './testing/vue-in-node.ts';
import { defineConfig } from 'vitest/config';

const TESTS = ['src', 'bench', 'scripts'].map((folder) => `${folder}/**/*.test.ts`);
const INTEGRATION = ['src', 'bench', 'scripts'].map((folder) => `${folder}/**/*.integration.test.ts`);

const COMPONENTS = ['src/renderer/**/*.component.test.ts'];

/**
 * Three projects: `unit` (under a minute), `components` of the window in a document of happy-dom, and `integration`, whose files
 * start programs, train, or work for seconds. The browser tests are Playwright's (playwright.config.ts).
 */
export default defineConfig({
  test: {
    // onnxruntime and ffmpeg children: processes, not threads (docs/decisions/0002-separate-engine-processes.md).
    pool: 'forks',
    globalSetup: 'testing/global-setup.ts',
    // The built desktop program and the stand-in of Electron for it: run by Node itself, as Electron would.
    server: { deps: { external: [/\/out\/main\//, /electron-stand-in/] } },
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: TESTS, exclude: [...INTEGRATION, ...COMPONENTS], testTimeout: 30_000, hookTimeout: 30_000 } },
      {
        extends: true,
        plugins: [vueInNode()],
        test: { name: 'components', include: COMPONENTS, environment: './testing/dom-environment.ts', testTimeout: 60_000, hookTimeout: 60_000 },
      },
      // The limit ends what hangs; no test waits for it.
      { extends: true, test: { name: 'integration', include: INTEGRATION, testTimeout: 600_000, hookTimeout: 600_000 } },
    ],
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
    // onnxruntime and ffmpeg children: processes, not threads (docs/decisions/0002-separate-engine-processes.md).
    pool: 'forks',
    globalSetup: 'testing/global-setup.ts',
    // The built desktop program and the stand-in of Electron for it: run by Node itself, as Electron would.
    server: { deps: { external: [/\/out\/main\//, /electron-stand-in/] } },
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

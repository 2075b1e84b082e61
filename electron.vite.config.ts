import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

export default defineConfig({
  main: {
    build: {
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: resolve('src/main/hosts/electron/index.ts'),
          'engine-host': resolve('src/main/adatosk/runtime/engine-host.ts'),
          'trainer-host': resolve('src/main/training/trainer/trainer-host.ts'),
          'batch-worker': resolve('src/main/training/data/batch-worker.ts'),
          'queue-utility': resolve('src/main/hosts/electron/queue-utility.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      sourcemap: true,
      // A sandboxed window loads one CommonJS file and nothing else.
      externalizeDeps: false,
      rolldownOptions: { input: { index: resolve('src/preload/index.ts') }, output: { format: 'cjs', entryFileNames: '[name].cjs' } },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [vue()],
    build: { sourcemap: true, outDir: 'out/renderer', rolldownOptions: { input: resolve('src/renderer/index.html') } },
  },
});

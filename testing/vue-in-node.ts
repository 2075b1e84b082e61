import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/** The Vue plugin for component tests in Node's environment, which Vite takes for a server: components are compiled for a window. */
export function vueInNode(): Plugin {
  const plugin = vue() as Plugin & Record<'load' | 'transform', { handler: Handler }>;
  for (const hook of ['load', 'transform'] as const) {
    const { handler } = plugin[hook];
    plugin[hook].handler = function (...args) {
      const options = args.pop() as object | undefined;
      return handler.call(this, ...args, { ...options, ssr: false });
    };
  }
  return plugin;
}

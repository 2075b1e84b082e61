import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/** The Vue plugin for component tests in Node. Vite would compile components for a server there; this plugin compiles them for a window. */
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

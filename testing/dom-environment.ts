/**
 * The environment of component tests: a document of happy-dom; all other globals are those of Node. The program itself runs
 * in the same process, and its URL, Blob and File must be those of Node.
 */
import { Window } from 'happy-dom';

const OF_NODE = new Set(['URL', 'URLSearchParams', 'Blob', 'File', 'fetch', 'Request', 'Response', 'Headers', 'performance']);
const OF_DOCUMENT = new Set(['document', 'navigator', 'localStorage', 'location', 'Event', 'CustomEvent', 'EventTarget']);

export default {
  name: 'dom',
  viteEnvironment: 'ssr',
  setup(global: Record<string, unknown>): { teardown: () => Promise<void> } {
    const window = new Window({ url: 'http://127.0.0.1/' });
    const names = [...Object.getOwnPropertyNames(window), ...Object.getOwnPropertyNames(Object.getPrototypeOf(window) as object)];
    for (const name of names) {
      if (name === 'constructor' || OF_NODE.has(name) || (name in global && !OF_DOCUMENT.has(name))) continue;
      Object.defineProperty(global, name, { value: (window as unknown as Record<string, unknown>)[name], configurable: true, writable: true });
    }
    Object.defineProperty(global, 'window', { value: global, configurable: true });
    return { teardown: () => window.happyDOM.close() };
  },
};

/**
 * npm run dev:web [-- FOLDER]: a development server. It serves the window from its sources and reloads it when they change.
 * Requests of the window go to a web host in this process. Open the printed address.
 */
import vue from '@vitejs/plugin-vue';
import { resolve } from 'node:path';
import { createServer } from 'vite';
import { openWebHost } from '../src/main/hosts/web/server.ts';
import { CHILD_PROCESSES } from '../src/main/services/studio/processes.ts';
import { Studio } from '../src/main/services/studio/studio.ts';

const [project] = process.argv.slice(2);
const studio = new Studio({ host: 'web', ...CHILD_PROCESSES });
if (project !== undefined) await studio.openProject(resolve(project), true);
const host = await openWebHost(studio, resolve('out/renderer'), 0, (line) => process.stderr.write(`${line}\n`));
const token = new URL(host.address).searchParams.get('token') ?? '';
// The proxy sets the origin and the token that the host's RequestGuard requires; only the development server can use them.
const proxied = { target: host.origin, changeOrigin: true, headers: { authorization: `Bearer ${token}`, origin: host.origin } };
const server = await createServer({
  configFile: false,
  root: resolve('src/renderer'),
  plugins: [vue()],
  server: { host: '127.0.0.1', proxy: { '/rpc': proxied, '/media': proxied } },
});
await server.listen();
server.printUrls();

async function stop(): Promise<void> {
  await server.close();
  await host.close();
  await studio.close();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

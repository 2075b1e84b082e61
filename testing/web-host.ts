import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '../src/shared/contract/index.ts';
import { CHILD_PROCESSES } from '../src/main/services/studio/processes.ts';
import { Studio } from '../src/main/services/studio/studio.ts';
import type { WebHost } from '../src/main/hosts/web/server.ts';
import { openWebHost } from '../src/main/hosts/web/server.ts';
import { temporaryFolder } from './videos.ts';

export type StudioClient = ContractRouterClient<Contract>;

export interface TestHost {
  readonly studio: Studio;
  readonly host: WebHost;
  readonly token: string;
  /** Lines of the log. */
  readonly log: string[];
  /** Temporary folder of this host; it contains the project. */
  readonly folder: string;
  /** Connects another window to this host. */
  client(): StudioClient;
  close(): Promise<void>;
}

/** Starts the web host on a free port, with a file for the window and a new project. */
export async function openTestHost({ project = true } = {}): Promise<TestHost> {
  const folder = await temporaryFolder();
  // Separate settings, so that tests do not use those of the user who runs them.
  process.env['ADATOSK_CONFIG'] = join(folder, 'settings');
  await mkdir(join(folder, 'window'));
  await writeFile(join(folder, 'window', 'index.html'), '<p>window</p>');
  const log: string[] = [];
  const studio = new Studio({ host: 'web', ...CHILD_PROCESSES });
  if (project) await studio.openProject(join(folder, 'project'), true);
  const host = await openWebHost(studio, join(folder, 'window'), 0, (line) => log.push(line));
  const token = new URL(host.address).searchParams.get('token')!;
  const client = (): StudioClient => createORPCClient(new RPCLink({ url: `${host.origin}/rpc`, headers: { authorization: `Bearer ${token}` } }));
  return {
    studio,
    host,
    token,
    log,
    folder,
    client,
    close: async () => {
      await host.close();
      await studio.close();
    },
  };
}

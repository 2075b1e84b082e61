import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '../src/shared/contract/index.ts';
import { startChildProcessEngine, startChildProcessQueue, startChildProcessTrainer } from '../src/main/services/studio/processes.ts';
import { Studio } from '../src/main/services/studio/studio.ts';
import type { BrowserDoor } from '../src/main/hosts/web/server.ts';
import { openBrowserDoor } from '../src/main/hosts/web/server.ts';
import { temporaryFolder } from './videos.ts';

export type StudioClient = ContractRouterClient<Contract>;

export interface TestDoor {
  readonly studio: Studio;
  readonly door: BrowserDoor;
  readonly token: string;
  /** What was logged. */
  readonly log: string[];
  /** A folder of its own; the project is in it. */
  readonly folder: string;
  /** A window more on this door. */
  client(): StudioClient;
  close(): Promise<void>;
}

/** The browser door on a free port, with a window's file and a new project. */
export async function openTestDoor({ project = true } = {}): Promise<TestDoor> {
  const folder = await temporaryFolder();
  // Not the settings of whoever runs the tests.
  process.env['ADATOSK_CONFIG'] = join(folder, 'settings');
  await mkdir(join(folder, 'window'));
  await writeFile(join(folder, 'window', 'index.html'), '<p>window</p>');
  const log: string[] = [];
  const studio = new Studio({
    door: 'browser',
    startEngine: startChildProcessEngine,
    startQueue: startChildProcessQueue,
    startTrainer: startChildProcessTrainer,
  });
  if (project) await studio.openProject(join(folder, 'project'), true);
  const door = await openBrowserDoor(studio, join(folder, 'window'), 0, (line) => log.push(line));
  const token = new URL(door.address).searchParams.get('token')!;
  const client = (): StudioClient => createORPCClient(new RPCLink({ url: `${door.origin}/rpc`, headers: { authorization: `Bearer ${token}` } }));
  return {
    ...{ studio, door, token, log, folder, client },
    close: async () => {
      await door.close();
      await studio.close();
    },
  };
}

import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';
import type { DesktopBridge } from '../../shared/desktop.ts';
import { DESKTOP_CHANNELS } from '../../shared/desktop.ts';

/** What the window asks the program for; the same through every door. */
export type StudioClient = ContractRouterClient<Contract>;

/** What the desktop adds; undefined in a browser. */
export const desktop = (window as { studio?: DesktopBridge }).studio;

export const studio: StudioClient = createORPCClient(
  desktop === undefined ? new HttpLink({ url: `${location.origin}/rpc` }) : new PortLink({ port: portToDesktop() }),
);

/** A port to the desktop: the preload script passes its other end on. */
function portToDesktop(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(DESKTOP_CHANNELS.connect, '*', [port2]);
  port1.start();
  return port1;
}

/** What went wrong and what to do, as a person is told. */
export interface Problem {
  readonly message: string;
  readonly remedy: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ORPCError && error.code === 'STUDIO') return { message: error.message, remedy: (error.data as { remedy?: string }).remedy ?? '' };
  if (error instanceof TypeError)
    return { message: 'The program does not answer.', remedy: 'It may have been closed: start it again, and open the address that it prints.' };
  return { message: error instanceof Error ? error.message : String(error), remedy: 'If it happens again, restart the program. What was saved is safe.' };
}

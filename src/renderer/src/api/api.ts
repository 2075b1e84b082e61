import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../shared/contract/index.ts';
import type { DesktopBridge } from '../../../shared/app/desktop.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';
import type { StudioErrorCode } from '../../../shared/app/errors.ts';
import { i18n } from '../texts/i18n.ts';

/** What the window asks the program for; the same through every host. */
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

/** What went wrong and what to do, as a person is told; without a code where it is the window's own sentence. */
export interface Problem {
  readonly code: StudioErrorCode | null;
  readonly message: string;
  readonly remedy: string;
}

export function problemOf(error: unknown): Problem {
  const { t } = i18n.global;
  if (error instanceof ORPCError && error.code === 'STUDIO') {
    const { code, remedy } = error.data as { code: StudioErrorCode; remedy: string };
    return { code, message: error.message, remedy };
  }
  if (error instanceof TypeError) return { code: null, message: t('common.noAnswer'), remedy: t('common.noAnswerRemedy') };
  return { code: null, message: error instanceof Error ? error.message : String(error), remedy: t('common.faultRemedy') };
}

import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../shared/contract/index.ts';
import type { DesktopBridge } from '../../../shared/app/desktop.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';
import type { ProblemData, StudioErrorCode } from '../../../shared/app/errors.ts';
import { textsOfFact } from '../texts/facts.ts';
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

/** What went wrong and what to do, in the window's language. Each is read anew when it is shown, so that it follows the language. */
export interface Problem {
  /** Null where it is no error of the program's. */
  readonly code: StudioErrorCode | null;
  readonly message: string;
  readonly remedy: string;
  /** Another program's own words, for people who know it; '' for none. */
  readonly detail: string;
}

type SentProblem = Omit<ProblemData, 'detail'> & { readonly detail?: string | undefined };

/** An error that the program sent. */
export function problemFrom({ code, detail = '', id, parameters }: SentProblem): Problem {
  const fact = { id, parameters };
  return {
    ...{ code, detail },
    get message() {
      return textsOfFact(fact).message;
    },
    get remedy() {
      return textsOfFact(fact).remedy;
    },
  };
}

/** An error of a call. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ORPCError && error.code === 'STUDIO') return problemFrom(error.data as ProblemData);
  return error instanceof TypeError
    ? ownProblem('common.noAnswer', 'common.noAnswerRemedy')
    : ownProblem('common.fault', 'common.faultRemedy', error instanceof Error ? error.message : String(error));
}

type OwnText = 'common.noAnswer' | 'common.noAnswerRemedy' | 'common.fault' | 'common.faultRemedy' | 'review.cannotPlay' | 'review.cannotPlayRemedy';

/** A failure of the window itself. */
export function ownProblem(message: OwnText, remedy: OwnText, detail = ''): Problem {
  const { t } = i18n.global;
  return {
    ...{ code: null, detail },
    get message() {
      return t(message);
    },
    get remedy() {
      return t(remedy);
    },
  };
}

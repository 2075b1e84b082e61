import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../shared/contract/index.ts';
import type { DesktopBridge } from '../../../shared/app/desktop.ts';
import { DESKTOP_CHANNELS } from '../../../shared/app/desktop.ts';
import { KEY_IN_ADDRESS } from '../../../shared/app/web-key.ts';
import type { ProblemData, StudioErrorCode } from '../../../shared/app/errors.ts';
import { problemsIn, withoutList } from '../../../shared/app/facts.ts';
import { textsOfFact, wordsOf } from '../texts/facts.ts';
import { i18n } from '../texts/i18n.ts';

/** Name of the web host's token in the storage. */
const KEY = 'adatosk.key';

/** Client of the program's API; the same for every host. */
export type StudioClient = ContractRouterClient<Contract>;

/** The desktop host's additional API; undefined in a browser. */
export const desktop = (window as { studio?: DesktopBridge }).studio;

export const studio: StudioClient = createORPCClient(
  desktop === undefined ? new HttpLink({ url: `${location.origin}/rpc`, headers: authorization }) : new PortLink({ port: portToDesktop() }),
);

/**
 * Must be called before the first call. Stores the token of the web host, so that it survives a reload and further tabs have it, and removes it from the address. The storage
 * belongs to this port alone; a cookie would be sent to all ports of 127.0.0.1.
 */
export function takeKeyFromAddress(): void {
  if (desktop !== undefined || !location.hash.startsWith(`#${KEY_IN_ADDRESS}`)) return;
  localStorage.setItem(KEY, location.hash.slice(1 + KEY_IN_ADDRESS.length));
  history.replaceState(null, '', location.pathname);
}

/** Read for each request: another tab may have opened the address of a host that was started again. */
function authorization(): Record<string, string> {
  const key = localStorage.getItem(KEY);
  return key === null ? {} : { authorization: `Bearer ${key}` };
}

/** A message port to the desktop host. The preload script forwards its other end. */
function portToDesktop(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(DESKTOP_CHANNELS.connect, '*', [port2]);
  port1.start();
  return port1;
}

/** An error for display. `message` and `remedy` are getters, so that they follow a change of the language. */
export interface Problem {
  /** Null if the error is not a StudioError. */
  readonly code: StudioErrorCode | null;
  readonly message: string;
  readonly remedy: string;
  /** Problems that the error lists, such as those with rows of a table; the message has them too. Null for most errors. */
  readonly list: { readonly head: string; readonly items: readonly string[] } | null;
  /** Another program's message, shown behind "Details"; '' for none. */
  readonly detail: string;
}

type SentProblem = Omit<ProblemData, 'detail'> & { readonly detail?: string | undefined };

/** Converts an error that the program sent. */
export function problemFrom({ code, detail = '', id, parameters }: SentProblem): Problem {
  const fact = { id, parameters };
  return {
    code,
    detail,
    get message() {
      return textsOfFact(fact).message;
    },
    get remedy() {
      return textsOfFact(fact).remedy;
    },
    get list() {
      const items = problemsIn(fact).map(wordsOf);
      return items.length === 0 ? null : { head: textsOfFact(withoutList(fact)).message, items };
    },
  };
}

/** Converts an error of an API call. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ORPCError && error.code === 'STUDIO') return problemFrom(error.data as ProblemData);
  // The token of a host that was started again is a new one.
  if (error instanceof ORPCError && error.status === 403) return ownProblem('common.restarted', 'common.restartedRemedy');
  return error instanceof TypeError
    ? ownProblem('common.noAnswer', 'common.noAnswerRemedy')
    : ownProblem('common.fault', 'common.faultRemedy', error instanceof Error ? error.message : String(error));
}

type OwnText =
  | 'common.restarted'
  | 'common.restartedRemedy'
  | 'common.noAnswer'
  | 'common.noAnswerRemedy'
  | 'common.fault'
  | 'common.faultRemedy'
  | 'review.cannotPlay'
  | 'review.cannotPlayRemedy';

/** An error that the window itself detected. */
export function ownProblem(message: OwnText, remedy: OwnText, detail = ''): Problem {
  const { t } = i18n.global;
  return {
    code: null,
    detail,
    get message() {
      return t(message);
    },
    get remedy() {
      return t(remedy);
    },
    list: null,
  };
}

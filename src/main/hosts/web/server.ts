import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StudioError } from '../../../shared/app/errors.ts';
import type { CallContext } from '../../services/api/router.ts';
import { router } from '../../services/api/router.ts';
import type { Studio } from '../../services/studio/studio.ts';
import { serveWindowRequest } from '../../services/studio/window-requests.ts';
import { RequestGuard } from './request-guard.ts';

export interface WebHost {
  /** With the token: whoever has it can use the program as this person. */
  readonly address: string;
  readonly origin: string;
  close(): Promise<void>;
}

const RPC_PATH = '/rpc';
/** Ten thousand edited rows are some 5 MB. */
const LARGEST_BODY = 64 * 1024 * 1024;

/**
 * Serves a studio to browsers of this computer: the window's files, the contract, and videos by their ids.
 * @param files folder of the built window
 * @param port 0 for any that is free
 * @param log told what was refused and what failed, a line each, without tokens
 * @throws StudioError 'wrong-usage' where the port is taken
 */
export async function openWebHost(studio: Studio, files: string, port: number, log: (line: string) => void): Promise<WebHost> {
  const server = createServer();
  // A browser sends its next request on a connection that it has; if that is closed at the same moment the request is
  // lost, and a browser does not send an edit twice. Here nobody but this computer's browser keeps connections open.
  server.keepAliveTimeout = 0;
  await listen(server, port);
  const guard = new RequestGuard((server.address() as AddressInfo).port);
  const rpc = new RPCHandler(router, { plugins: [new BodyLimitPlugin({ maxBodySize: LARGEST_BODY })] });
  const context: CallContext = {
    studio,
    onFault: (procedure, error) => log(`failed   ${procedure}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  };
  server.on('request', (request, response) => {
    void answer({ guard, rpc, context, files, log }, request, response).catch((error: unknown) => {
      log(`failed   ${request.method} ${pathOf(request)}: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return {
    address: guard.address,
    origin: new URL(guard.address).origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface WebHostParts {
  readonly guard: RequestGuard;
  readonly rpc: RPCHandler<CallContext>;
  readonly context: CallContext;
  readonly files: string;
  readonly log: (line: string) => void;
}

async function answer({ guard, rpc, context, files, log }: WebHostParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  const refusal = guard.refusal(request);
  if (refusal !== undefined) {
    log(`refused  ${request.method} ${JSON.stringify(path)}: ${refusal}`);
    refuse(response, 403, 'AdaTosk Studio: open the address that `adatosk serve` printed, with its token.\n');
    return;
  }
  if (path === '/' && guard.tokenIn(request.url) !== undefined) {
    // The token goes out of the address, and so out of the history and of what other pages are told.
    response.writeHead(303, { location: '/', 'set-cookie': guard.cookie, 'referrer-policy': 'no-referrer' });
    response.end();
    return;
  }
  if (path.startsWith(`${RPC_PATH}/`)) {
    const tooLarge = bodyRefusal(request);
    if (tooLarge !== undefined) {
      log(`refused  ${request.method} ${JSON.stringify(path)}: ${tooLarge}`);
      refuse(response, tooLarge, '');
      return;
    }
    response.on('finish', () => {
      if (response.statusCode === 400 || response.statusCode === 404 || response.statusCode === 413)
        log(`refused  ${request.method} ${JSON.stringify(path)}: ${response.statusCode}`);
    });
    const { matched } = await rpc.handle(request, response, { prefix: RPC_PATH, context });
    if (!matched) await send(new Response(null, { status: 404 }), response);
    return;
  }
  const { method, headers } = request;
  const result = await serveWindowRequest(context.studio, files, { path, method: method ?? 'GET', range: headers.range ?? null });
  if (result.status >= 400 && result.status !== 416) log(`refused  ${request.method} ${JSON.stringify(path)}: ${result.status}`);
  await send(result, response);
}

/** Why a body is not read: 413 for one that is too large, 411 for one whose length is not stated. */
function bodyRefusal({ method, headers }: IncomingMessage): 411 | 413 | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  const length = headers['content-length'];
  if (length === undefined) return headers['transfer-encoding'] === undefined ? undefined : 411;
  return Number(length) > LARGEST_BODY ? 413 : undefined;
}

/** A client reads the answer within this time, although it is still sending. */
const LONGEST_REFUSAL_MS = 1000;

/** Answers without reading the body, and closes the connection: whoever sends much is not listened to. */
function refuse(response: ServerResponse, status: number, text: string): void {
  const { socket } = response;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(text);
  // Closing at once would reset the connection, and the client would lose the answer with it.
  setTimeout(() => socket?.destroy(), LONGEST_REFUSAL_MS).unref();
}

async function send(result: Response, response: ServerResponse): Promise<void> {
  response.writeHead(result.status, Object.fromEntries(result.headers));
  if (result.body === null) {
    response.end();
    return;
  }
  // A player that jumps drops its request: the file is closed then, and nothing is wrong.
  await pipeline(Readable.fromWeb(result.body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => undefined);
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? '/').split('?')[0]!;
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new StudioError('wrong-usage/port', { port, detail: error.message }, error)));
    server.listen(port, '127.0.0.1', resolve);
  });
}

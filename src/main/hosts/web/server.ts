import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StudioError } from '../../../shared/app/errors.ts';
import { KEY_IN_ADDRESS } from '../../../shared/app/web-key.ts';
import type { CallContext } from '../../services/api/router.ts';
import { router } from '../../services/api/router.ts';
import { logProblem } from '../../services/diagnostics/problem-log.ts';
import { SAFETY_HEADERS } from '../../services/studio/safety-headers.ts';
import type { Studio } from '../../services/studio/studio.ts';
import { serveWindowRequest } from '../../services/studio/window-requests.ts';
import { KnownConnections, SLOW_CLIENTS } from './known-connections.ts';
import { RequestGuard } from './request-guard.ts';

export interface WebHost {
  /** Address with the token. Everybody who has it can use the program as this user. */
  readonly address: string;
  readonly origin: string;
  close(): Promise<void>;
}

const RPC_PATH = '/rpc';
/** An edit of ten thousand rows has about 5 MB. */
const LARGEST_BODY = 64 * 1024 * 1024;

/**
 * Serves a studio to browsers on this computer: the files of the window, the API, videos and thumbnails.
 * @param files folder of the built window
 * @param port 0 selects a free port
 * @param log receives a line for each rejected and failed request, without tokens
 * @throws StudioError 'wrong-usage' if the port is in use
 */
export async function openWebHost(studio: Studio, files: string, port: number, log: (line: string) => void): Promise<WebHost> {
  const server = createServer(SLOW_CLIENTS);
  // Browsers reuse connections. If the server closes one at the same moment, the request is lost, and browsers do not repeat
  // edits. Idle connections are therefore never closed; only the browser of this computer holds any.
  server.keepAliveTimeout = 0;
  await listen(server, port);
  const connections = new KnownConnections(server, log);
  const guard = new RequestGuard((server.address() as AddressInfo).port);
  const rpc = new RPCHandler(router, { plugins: [new BodyLimitPlugin({ maxBodySize: LARGEST_BODY })] });
  const context: CallContext = {
    studio,
    onFault: (procedure, error) => log(`failed   ${procedure}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  };
  server.on('request', (request, response) => {
    // Also of the API's answers, of rejections and of errors.
    for (const [name, value] of Object.entries(SAFETY_HEADERS)) response.setHeader(name, value);
    void answer({ guard, connections, rpc, context, files, log }, request, response).catch((error: unknown) => {
      log(`failed   ${request.method} ${JSON.stringify(pathOf(request))}: ${String(error)}`);
      logProblem('web host', error);
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
  readonly connections: KnownConnections;
  readonly rpc: RPCHandler<CallContext>;
  readonly context: CallContext;
  readonly files: string;
  readonly log: (line: string) => void;
}

async function answer({ guard, connections, rpc, context, files, log }: WebHostParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  const refusal = guard.refusal(request, isApi(path) ? 'api' : 'files');
  if (refusal !== undefined) {
    log(`refused  ${request.method} ${JSON.stringify(path)}: ${refusal}`);
    if (request.headers.accept?.includes('text/html') === true) refuse(response, 403, REFUSAL_PAGE, 'text/html; charset=utf-8');
    else refuse(response, 403, 'AdaTosk Studio: open the address that `adatosk serve` printed, with its token.\n');
    return;
  }
  connections.add(request.socket);
  if (path === '/' && guard.tokenIn(request.url) !== undefined) {
    // The fragment of an address is in no request and in no Referer header. The window stores the token and removes it from the address.
    response.writeHead(303, { location: `/#${KEY_IN_ADDRESS}${guard.token}`, 'set-cookie': guard.cookie });
    response.end();
    return;
  }
  if (isApi(path)) {
    // The window sends POST alone. Other methods would call a procedure, too.
    if (request.method !== 'POST') {
      log(`refused  ${request.method} ${JSON.stringify(path)}: 405`);
      response.setHeader('allow', 'POST');
      refuse(response, 405, '');
      return;
    }
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

const isApi = (path: string): boolean => path.startsWith(`${RPC_PATH}/`);

/** The status for a rejected body: 413 if it is too large, 411 if its length is missing; undefined if it is accepted. */
function bodyRefusal({ headers }: IncomingMessage): 411 | 413 | undefined {
  const length = headers['content-length'];
  if (length === undefined) return headers['transfer-encoding'] === undefined ? undefined : 411;
  return Number(length) > LARGEST_BODY ? 413 : undefined;
}

/** Shown to a person who opens an address without the token, for example after the program was started again. */
const REFUSAL_PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>AdaTosk Studio</title>
<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}h1{font-size:18px}</style>
<h1>This address is no longer valid</h1>
<p>AdaTosk Studio gets a new address each time it starts. Open the address that <code>adatosk serve</code> printed in the terminal.
What was saved is safe.</p>
<div lang="de"><h1>Diese Adresse gilt nicht mehr</h1>
<p>AdaTosk Studio bekommt bei jedem Start eine neue Adresse. Öffnen Sie die Adresse, die <code>adatosk serve</code> im Terminal ausgegeben hat.
Was gespeichert wurde, ist sicher.</p></div></html>
`;

/** Time for a client to read the response while it is still sending. */
const REJECTION_TIMEOUT_MS = 1000;

/** Sends a response without reading the body, and closes the connection. */
function refuse(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const { socket } = response;
  response.writeHead(status, { 'content-type': type, connection: 'close' });
  response.end(text);
  // An immediate close would reset the connection, and the client would lose the response.
  setTimeout(() => socket?.destroy(), REJECTION_TIMEOUT_MS).unref();
}

async function send(result: Response, response: ServerResponse): Promise<void> {
  response.writeHead(result.status, Object.fromEntries(result.headers));
  if (result.body === null) {
    response.end();
    return;
  }
  // A player that seeks aborts its request. The pipeline then closes the file, and this is not an error.
  await pipeline(Readable.fromWeb(result.body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => undefined);
}

function pathOf({ url }: IncomingMessage): string {
  const [path = '/'] = (url ?? '/').split('?');
  return path;
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(new StudioError('wrong-usage/port', { port, detail: error.message }, error));
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', fail);
      resolve();
    });
  });
}

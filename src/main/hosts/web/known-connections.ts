import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Connections that have not sent a request with the token yet. A browser sends its request at once. */
const MOST_UNKNOWN = 64;
const UNKNOWN_TIMEOUT_MS = 10_000;
/** All connections. A window holds about six. */
const MOST_CONNECTIONS = 512;
/** Time for the head of a request, and for a request with its body: 64 MB through ssh. */
const HEAD_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 300_000;
const CHECK_INTERVAL_MS = 2000;

/** Options of the server for slow clients. */
export const SLOW_CLIENTS = { headersTimeout: HEAD_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS } as const;

/**
 * Limits connections, so that a program without the token can neither use up the files that this process may open nor keep windows out.
 * Above the limit, the oldest unknown connection is closed. Connections of windows are never closed.
 */
export class KnownConnections {
  readonly #unknown = new Map<Socket, NodeJS.Timeout>();

  constructor(server: Server, log: (line: string) => void) {
    server.maxConnections = MOST_CONNECTIONS;
    server.on('connection', (socket: Socket) => {
      for (const oldest of this.#unknown.keys()) if (this.#unknown.size >= MOST_UNKNOWN) this.#close(oldest);
      this.#unknown.set(
        socket,
        setTimeout(() => this.#close(socket), UNKNOWN_TIMEOUT_MS),
      );
      socket.once('close', () => this.#forget(socket));
    });
    server.on('drop', () => log(`refused  a connection: there are ${MOST_CONNECTIONS}`));
    // For example no free file handles: the next connection may succeed.
    server.on('error', (error) => log(`failed   a connection: ${error.message}`));
  }

  /** Must be called for each request with the token. */
  add(socket: Socket): void {
    this.#forget(socket);
  }

  #close(socket: Socket): void {
    this.#forget(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#unknown.get(socket));
    this.#unknown.delete(socket);
  }
}

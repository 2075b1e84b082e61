import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { temporaryFolder } from '../process/private-files.ts';

/** Reads pictures of a fixed size from ffmpeg. */
export interface PictureOutput {
  /** What ffmpeg gets as its standard output; undefined for an ordinary pipe. */
  readonly forProgram: Socket | undefined;
  /**
   * The pictures in order, until ffmpeg ends; a last one that is not whole is dropped. Each is a buffer of the pool, which the caller
   * leases. ffmpeg waits while the caller is busy.
   * @param pipe called for ffmpeg's standard output where it is an ordinary pipe
   */
  pictures(pipe: () => Readable): AsyncGenerator<Uint8Array>;
}

/**
 * Opens an output for ffmpeg. Where the system has sockets of its own (not Windows), their bytes are read straight into the
 * pictures. An ordinary pipe gives a new buffer for each 64 KB, which takes three times the processor time.
 */
export async function openPictureOutput(pool: BufferPool, platform: NodeJS.Platform = process.platform): Promise<PictureOutput> {
  const overPipe: PictureOutput = { forProgram: undefined, pictures: (pipe) => copiedPictures(pipe(), pool) };
  // A program on Windows cannot write to the asynchronous pipes that Node would make there.
  if (platform === 'win32') return overPipe;
  // Only this user can open the folder, and so nobody else the socket.
  const folder = temporaryFolder('out');
  try {
    return await overSocket(join(folder, 's'), pool);
  } catch {
    // For example, the path of the temporary folder may be too long for a socket.
    return overPipe;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* copiedPictures(output: Readable, pool: BufferPool): AsyncGenerator<Uint8Array> {
  let buffer = pool.take();
  let filled = 0;
  for await (const chunk of output as AsyncIterable<Uint8Array>) {
    let used = 0;
    while (used < chunk.length) {
      const count = Math.min(chunk.length - used, buffer.length - filled);
      buffer.set(chunk.subarray(used, used + count), filled);
      used += count;
      filled += count;
      if (filled === buffer.length) {
        yield buffer;
        buffer = pool.take();
        filled = 0;
      }
    }
  }
}

async function overSocket(path: string, pool: BufferPool): Promise<PictureOutput> {
  const server = createServer({ pauseOnConnect: true });
  try {
    server.listen(path);
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const reader = new SocketReader(path, pool);
    // Without free file handles no connection is accepted.
    const [forProgram] = (await Promise.race([accepted, reader.closed.then(() => Promise.reject(new Error('the socket was closed')))])) as [Socket];
    return { forProgram, pictures: () => reader.pictures() };
  } finally {
    server.close();
  }
}

/** Reads from a socket into the buffers of a pool, one picture ahead of its caller. */
class SocketReader {
  readonly #socket: Socket;
  readonly #pool: BufferPool;
  #buffer: Uint8Array;
  #filled = 0;
  readonly #whole: Uint8Array[] = [];
  #isOver = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;
  readonly closed: Promise<void>;

  constructor(path: string, pool: BufferPool) {
    this.#pool = pool;
    this.#buffer = pool.take();
    this.#socket = connect({ path, onread: { buffer: () => this.#buffer.subarray(this.#filled), callback: (count) => this.#received(count) } });
    this.#socket.once('error', (error) => (this.#failure = error));
    this.closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        this.#isOver = true;
        this.#wake();
        resolve();
      });
    });
  }

  async *pictures(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const picture = this.#whole.shift();
        if (picture !== undefined) {
          this.#socket.resume();
          yield picture;
        } else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#isOver) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#socket.destroy();
    }
  }

  /** Bytes have been written into the buffer. @returns false to read no more for now */
  #received(count: number): boolean {
    this.#filled += count;
    if (this.#filled < this.#buffer.length) return true;
    this.#whole.push(this.#buffer);
    this.#buffer = this.#pool.take();
    this.#filled = 0;
    this.#wake();
    return false;
  }
}

/** A pool of picture buffers. It grows to the largest number of buffers in use at the same time. */
export class BufferPool {
  readonly #size: number;
  readonly #free: Uint8Array[] = [];

  /** @param size of a buffer in bytes */
  constructor(size: number) {
    this.#size = size;
  }

  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(this.#size);
  }

  /** Returns a function that frees the buffer when it has been called `holders` times. With 0 holders, the buffer is freed at once. */
  lease(buffer: Uint8Array, holders: number): () => void {
    if (holders === 0) this.#free.push(buffer);
    let left = holders;
    return () => {
      left -= 1;
      if (left === 0) this.#free.push(buffer);
    };
  }
}

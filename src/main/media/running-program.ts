import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { cancelled, StudioError } from '../../shared/app/errors.ts';
import type { Program } from './programs.ts';

const MESSAGES_KEPT = 40;

/** All running child processes; they are killed when this process exits. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with each line of standard error. @returns whether the line has been handled */
  readonly onMessage?: (line: string) => boolean;
  /** What the program gets as its standard output, instead of the pipe `RunningProgram.output`. It is closed in this process. */
  readonly output?: Socket | undefined;
}

/** A running ffmpeg or ffprobe. The caller must read its standard output; this class collects its messages. */
export class RunningProgram {
  readonly pid: number | undefined;
  /** The last lines of standard error, except those that `onMessage` has handled. */
  readonly messages: string[] = [];
  /** True once it was ended by a signal that is not ours. */
  crashed = false;
  /** Total number of such lines. */
  complaints = 0;
  /** Resolves with the exit code (null after a signal) once the process has ended and all its output has been read. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal | undefined;

  constructor(program: Program, args: readonly string[], options: RunOptions = {}) {
    this.#signal = options.signal;
    if (options.signal?.aborted === true) throw cancelled();
    this.#child = spawn(program.path, args, {
      stdio: ['ignore', options.output ?? 'pipe', 'pipe'],
      windowsHide: true,
      // In a separate process group, Ctrl+C does not reach the child. This process kills it instead and can then report a
      // cancellation and not a damaged file. If this process is killed, the child ends at its next write.
      detached: process.platform !== 'win32',
    });
    // The program alone holds its output, so that the reader notices its end.
    options.output?.destroy();
    this.pid = this.#child.pid;
    running.add(this.#child);
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      if (options.onMessage?.(line) === true || line.trim() === '') return;
      this.complaints += 1;
      this.messages.push(line);
      if (this.messages.length > MESSAGES_KEPT) this.messages.shift();
    });
    const stop = (): void => this.kill();
    options.signal?.addEventListener('abort', stop, { once: true });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', (error) => {
        running.delete(this.#child);
        reject(new StudioError('program-missing/not-started', { program: program.name, path: program.path, detail: error.message }, error));
      });
      this.#child.once('close', (code, signal) => {
        running.delete(this.#child);
        this.crashed = signal !== null && signal !== 'SIGKILL';
        options.signal?.removeEventListener('abort', stop);
        resolve(code);
      });
    });
    this.ended.catch(() => undefined);
  }

  /** The standard output. Must not be used where another output was given. */
  get output(): Readable {
    if (this.#child.stdout === null) throw new Error('the program writes to an output of its own');
    return this.#child.stdout;
  }

  /** Whether the caller's signal has been aborted. */
  get wasCancelled(): boolean {
    return this.#signal?.aborted === true;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { Readable } from 'node:stream';
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
  /** Whether the caller writes to `RunningProgram.input`. By default, the program has no standard input. */
  readonly hasInput?: boolean | undefined;
  /** When a program that makes no progress is ended; by default, LONGEST_STANDSTILL_S without output that this process would read. */
  readonly standstill?: Standstill | undefined;
}

/** The error for a program that could not be started. */
export function startError({ name, path }: Program, error: Error): StudioError {
  const isOutOfResources = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'].includes((error as NodeJS.ErrnoException).code ?? '');
  return isOutOfResources
    ? new StudioError('program-failed/no-resources', { program: name, detail: error.message }, error)
    : new StudioError('program-missing/not-started', { program: name, path, detail: error.message }, error);
}

export interface Standstill {
  readonly limitS: number;
  /** A value that differs from its last one after each progress, for example a count. By default, the bytes of standard output. */
  readonly progress?: () => unknown;
}

/** A damaged file can make a decoder stand still for ever, and so can a share that does not answer. */
export const LONGEST_STANDSTILL_S = 300;
const TICK_MS = 1000;

/** A running ffmpeg or ffprobe. The caller must read its standard output; this class collects its messages. */
export class RunningProgram {
  readonly pid: number | undefined;
  /** The last lines of standard error, except those that `onMessage` has handled. */
  readonly messages: string[] = [];
  /** True once it was ended by a signal that is not ours. */
  crashed = false;
  /** True once it was ended because it made no progress. */
  stoodStill = false;
  /** Total number of lines in `messages`, also of those that were dropped. */
  complaints = 0;
  /** Resolves with the exit code (null after a signal) once the process has ended and all its output has been read. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal | undefined;
  readonly #program: Program;
  readonly #limitS: number;

  constructor(program: Program, args: readonly string[], options: RunOptions = {}) {
    this.#signal = options.signal;
    this.#program = program;
    if (options.signal?.aborted === true) throw cancelled();
    this.#child = spawn(program.path, args, {
      stdio: [options.hasInput === true ? 'pipe' : 'ignore', options.output ?? 'pipe', 'pipe'],
      windowsHide: true,
      // In a separate process group, Ctrl+C does not reach the child. This process kills it instead and can then report a
      // cancellation and not a damaged file. If this process is killed, the child ends at its next write.
      detached: process.platform !== 'win32',
    });
    // The program alone holds its output, so that the reader notices its end.
    options.output?.destroy();
    // If the program ends early, writing fails with a broken pipe. Ignored, because the exit code and messages give the reason.
    this.#child.stdin?.on('error', () => undefined);
    this.pid = this.#child.pid;
    running.add(this.#child);
    // Without free file handles the program does not start, and has neither pipes nor a 'close' event.
    if (this.#child.pid !== undefined && this.#child.stderr !== null)
      createInterface({ input: this.#child.stderr }).on('line', (line) => {
        if (options.onMessage?.(line) === true || line.trim() === '') return;
        this.complaints += 1;
        this.messages.push(line);
        if (this.messages.length > MESSAGES_KEPT) this.messages.shift();
      });
    const stop = (): void => this.kill();
    options.signal?.addEventListener('abort', stop, { once: true });
    const { limitS, progress = () => this.#bytesRead() }: Standstill = options.standstill ?? { limitS: LONGEST_STANDSTILL_S };
    this.#limitS = limitS;
    const watch = this.#watch(progress);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', (error) => {
        running.delete(this.#child);
        clearInterval(watch);
        reject(startError(program, error));
      });
      this.#child.once('close', (code, signal) => {
        running.delete(this.#child);
        clearInterval(watch);
        this.crashed = signal !== null && signal !== 'SIGKILL';
        options.signal?.removeEventListener('abort', stop);
        resolve(code);
      });
    });
    this.ended.catch(() => undefined);
  }

  /** The standard output. Must not be used where another output was given. */
  get output(): Readable {
    if (this.#child.pid === undefined) return Readable.from([]);
    if (this.#child.stdout === null) throw new Error('the program writes to an output of its own');
    return this.#child.stdout;
  }

  /** The standard input. Must not be used without `hasInput`. */
  get input(): Writable {
    if (this.#child.stdin === null) throw new Error('the program has no standard input');
    return this.#child.stdin;
  }

  /** Whether the caller's signal has been aborted. */
  get wasCancelled(): boolean {
    return this.#signal?.aborted === true;
  }

  /**
   * Must be called when the program has ended, before its output is used.
   * @param file name of the video
   * @throws StudioError if it was cancelled, or ended because it made no progress
   */
  throwIfStopped(file: string): void {
    if (this.wasCancelled) throw cancelled();
    if (this.stoodStill) throw new StudioError('program-failed/standstill', { program: this.#program.name, file, minutes: Math.ceil(this.#limitS / 60) });
  }

  /** Ends the program once it made no progress for too long. Ticks are counted, so that the time of a sleeping computer does not count. */
  #watch(progress: () => unknown): NodeJS.Timeout {
    let last = progress();
    let ticks = 0;
    return setInterval(() => {
      const now = progress();
      ticks = Object.is(now, last) ? ticks + 1 : 0;
      last = now;
      if (ticks * TICK_MS < 1000 * this.#limitS) return;
      this.stoodStill = true;
      this.kill();
    }, TICK_MS).unref();
  }

  /** Bytes of standard output and lines of standard error; always another value while this process has not read what arrived. */
  #bytesRead(): unknown {
    const { stdout } = this.#child;
    if ((stdout?.readableLength ?? 0) > 0) return Symbol('the program waits');
    return `${(stdout as Socket | null)?.bytesRead} ${this.complaints}`;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

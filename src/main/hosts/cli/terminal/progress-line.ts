import { duration } from './output.ts';

const REDRAW_MILLISECONDS = 200;
/** A log file needs fewer lines than a terminal. */
const PLAIN_MILLISECONDS = 10_000;

/** Progress of a batch on standard error. A terminal shows one updated line, a log file only finished videos. */
export class ProgressLine {
  /** Sizes of the videos in bytes, an estimate of their processing times. */
  readonly #sizes: readonly number[];
  readonly #begun = performance.now();
  readonly #terminal: boolean;
  #drawn = 0;
  /** Processed bytes, without resumed and failed videos, which would distort the estimate. */
  #processed = 0;
  /** Finished shares of the running videos, by index. */
  readonly #running = new Map<number, number>();
  readonly #ended = new Set<number>();

  constructor(sizes: readonly number[], terminal = process.stderr.isTTY === true) {
    this.#sizes = sizes;
    this.#terminal = terminal;
  }

  /** @param share of the current video that is done, 0..1 */
  update(name: string, index: number, share: number, timesRealTime: number | null): void {
    const now = performance.now();
    this.#running.set(index, share);
    if (!this.#terminal || now - this.#drawn < REDRAW_MILLISECONDS) return;
    this.#drawn = now;
    const speed = timesRealTime === null ? '' : `${timesRealTime.toFixed(1)} times real time  `;
    const text = `[${index + 1}/${this.#sizes.length}] ${Math.round(share * 100)}%  ${speed}${this.#timeLeft(now)}  ${name}`;
    process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  /** Prints the permanent line of a finished video. @param worked false for resumed and failed videos */
  finish(line: string, index: number, worked: boolean): void {
    this.#running.delete(index);
    this.#ended.add(index);
    if (worked) this.#processed += this.#sizes[index] ?? 0;
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
    process.stderr.write(`${line}\n`);
  }

  #timeLeft(now: number): string {
    const begun = [...this.#running].reduce((sum, [index, share]) => sum + share * (this.#sizes[index] ?? 0), 0);
    const worked = this.#processed + begun;
    const left = this.#sizes.reduce((sum, size, index) => sum + (this.#ended.has(index) ? 0 : size), 0) - begun;
    return worked > 0.01 * (worked + left) ? `${duration(((now - this.#begun) / 1000) * (left / worked))} left` : 'estimating time left';
  }
}

/** Progress of one long task on standard error. A terminal shows one updated line, a log file a line every few seconds. */
export class TaskLine {
  readonly #terminal: boolean;
  readonly #every: number;
  #begun = performance.now();
  #task = '';
  #drawn = -Infinity;

  constructor(terminal = process.stderr.isTTY === true) {
    this.#terminal = terminal;
    this.#every = terminal ? REDRAW_MILLISECONDS : PLAIN_MILLISECONDS;
  }

  /** Shows progress. The first line of a task is printed at once, the next ones at a limited rate. */
  update(task: string, text: string): void {
    const now = performance.now();
    if (task === this.#task && now - this.#drawn < this.#every) return;
    if (task !== this.#task) this.#begun = now;
    this.#task = task;
    this.#drawn = now;
    const line = `${task} ${text}`;
    process.stderr.write(this.#terminal ? `\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${line}\n`);
  }

  /** Shows the number of finished steps and the time left, for steps that take similar times. */
  share(task: string, done: number, total: number): void {
    const begun = task === this.#task ? this.#begun : performance.now();
    const left = (((performance.now() - begun) / 1000) * (total - done)) / Math.max(1, done);
    this.update(task, `${done}/${total}  ${duration(left)} left`);
  }

  /** Prints a permanent line. */
  stay(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  clear(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
  }
}

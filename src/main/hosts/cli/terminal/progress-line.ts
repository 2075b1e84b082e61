import { duration } from './output.ts';

const REDRAW_MILLISECONDS = 200;
/** A log file wants to know that it goes on, not every step. */
const PLAIN_MILLISECONDS = 10_000;

/** Progress of a batch on standard error: one line that is drawn again on a terminal, plain lines elsewhere. */
export class ProgressLine {
  /** Sizes in bytes: a long video takes longer than a short one. */
  readonly #sizes: readonly number[];
  readonly #begun = performance.now();
  readonly #terminal: boolean;
  #drawn = 0;
  /** Bytes worked through now; resumed and failed videos took no time and say nothing about what is left. */
  #worked = 0;
  /** Shares of the videos that are being worked on, by index. */
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

  /** A video is over: its line stays. */
  finish(line: string, index: number, worked: boolean): void {
    this.#running.delete(index);
    this.#ended.add(index);
    if (worked) this.#worked += this.#sizes[index] ?? 0;
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
    process.stderr.write(`${line}\n`);
  }

  #timeLeft(now: number): string {
    const begun = [...this.#running].reduce((sum, [index, share]) => sum + share * (this.#sizes[index] ?? 0), 0);
    const worked = this.#worked + begun;
    const left = this.#sizes.reduce((sum, size, index) => sum + (this.#ended.has(index) ? 0 : size), 0) - begun;
    return worked > 0.01 * (worked + left) ? `${duration(((now - this.#begun) / 1000) * (left / worked))} left` : 'estimating time left';
  }
}

/** Progress of one long task on standard error: a line that is drawn again on a terminal, now and then a plain line elsewhere. */
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

  /** @param task a new one is told at once, its steps only now and then */
  update(task: string, text: string): void {
    const now = performance.now();
    if (task === this.#task && now - this.#drawn < this.#every) return;
    if (task !== this.#task) this.#begun = now;
    this.#task = task;
    this.#drawn = now;
    const line = `${task} ${text}`;
    process.stderr.write(this.#terminal ? `\r\x1b[2K${line.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${line}\n`);
  }

  /** A task whose steps take about the same time: its share and the time that is left. */
  share(task: string, done: number, total: number): void {
    const begun = task === this.#task ? this.#begun : performance.now();
    const left = (((performance.now() - begun) / 1000) * (total - done)) / Math.max(1, done);
    this.update(task, `${done}/${total}  ${duration(left)} left`);
  }

  /** A line that stays. */
  stay(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  clear(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
  }
}

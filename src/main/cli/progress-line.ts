import { duration } from './output.ts';

const REDRAW_MILLISECONDS = 200;

/** Progress of a batch on standard error: one line that is drawn again on a terminal, plain lines elsewhere. */
export class ProgressLine {
  readonly #total: number;
  readonly #begun = performance.now();
  readonly #terminal: boolean;
  #drawn = 0;
  /** Work done now, in videos; resumed videos took no time and say nothing about what is left. */
  #worked = 0;

  constructor(totalVideos: number, terminal = process.stderr.isTTY === true) {
    this.#total = totalVideos;
    this.#terminal = terminal;
  }

  /** @param share of the current video that is done, 0..1 */
  update(name: string, index: number, share: number): void {
    const now = performance.now();
    if (!this.#terminal || now - this.#drawn < REDRAW_MILLISECONDS) return;
    this.#drawn = now;
    const elapsed = (now - this.#begun) / 1000;
    const worked = this.#worked + share;
    const left = worked > 0.02 ? `${duration((elapsed * (this.#total - index - share)) / worked)} left` : 'estimating time left';
    const text = `[${index + 1}/${this.#total}] ${Math.round(share * 100)}%  ${left}  ${name}`;
    process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }

  /** A video is over: its line stays. */
  finish(line: string, worked: boolean): void {
    if (worked) this.#worked += 1;
    if (this.#terminal) process.stderr.write('\r\x1b[2K');
    process.stderr.write(`${line}\n`);
  }
}

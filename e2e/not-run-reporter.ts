import type { Reporter } from '@playwright/test/reporter';

/** Says at the end, so that nobody overlooks it, what could not be run here. */
export default class NotRunReporter implements Reporter {
  readonly #what: readonly string[];

  constructor({ what }: { what: readonly string[] }) {
    this.#what = what;
  }

  onEnd(): void {
    for (const each of this.#what) process.stdout.write(`\n*** NOT RUN: ${each}\n`);
  }
}

import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { writeError } from '../../../shared/app/errors.ts';

/** A file with one JSON object per line: a step with its losses, or a validation. Every object has the number of its step. */
export class MetricsLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Deletes all lines after a step, so that a resumed training does not write them twice. */
  async cutAfter(step: number): Promise<void> {
    if (!existsSync(this.#path)) return;
    const lines = (await readFile(this.#path, 'utf8')).split('\n').filter((line) => line !== '' && stepOf(line) <= step);
    await writeFileAtomic(this.#path, lines.map((line) => `${line}\n`).join(''));
  }

  async append(entries: readonly ({ readonly step: number } & Record<string, unknown>)[]): Promise<void> {
    await appendFile(this.#path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')).catch((error: unknown) => {
      throw writeError(this.#path, error);
    });
  }
}

/** The step of a line; Infinity for a line that was truncated by a kill. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as { step: number }).step;
  } catch {
    return Infinity;
  }
}

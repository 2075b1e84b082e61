/** One row of the table of the interoperability suite: what another program wrote, read by this one, or the other way round. */
export interface InteropRow {
  /** The format, and who wrote it. */
  readonly format: string;
  /** Who read it. */
  readonly reader: string;
  /** What must happen: both read the same, or the reader refuses what it cannot read completely. */
  readonly expected: 'equal' | 'refused';
  readonly passed: boolean;
  /** What was compared, with the result in numbers. */
  readonly detail: string;
}

/** Checks against another program. */
export interface InteropCheck {
  /** Packages of PyPI that it needs. */
  readonly python: readonly string[];
  /** @param folder an empty folder for its files @param interpreter a Python with these packages */
  rows(folder: string, interpreter: string): AsyncIterable<InteropRow>;
}

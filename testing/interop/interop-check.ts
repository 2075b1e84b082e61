/** One row of the table of the interoperability suite: what another program wrote, read by this one, or the other way round. */
export interface InteropRow {
  /** The format, and who wrote it. */
  readonly format: string;
  /** Who read it. */
  readonly reader: string;
  /**
   * What must happen: both read the same; the reader refuses what it cannot read completely; or both read the same except for a loss of
   * the format that the documentation names, which must be in the file exactly as it is named.
   */
  readonly expected: 'equal' | 'refused' | `equal but: ${string}`;
  readonly passed: boolean;
  /** What was compared, with the result in numbers. */
  readonly detail: string;
}

/** A program or library that a check needs besides Python. */
export interface NeededProgram {
  /** The package of Debian that has it. */
  readonly debian: string;
  /** A line of a shell that fails without it. */
  readonly test: string;
}

/** Checks against another program. */
export interface InteropCheck {
  /** Packages of PyPI that it needs, with their versions. */
  readonly python: readonly string[];
  /** Programs besides Python. */
  readonly programs: readonly NeededProgram[];
  /** @param folder an empty folder for its files @param interpreter a Python with these packages */
  rows(folder: string, interpreter: string): AsyncIterable<InteropRow>;
}

/** A row with what was found to differ: none, and it has passed. At least one thing must have been compared. */
export function compared(
  row: Pick<InteropRow, 'format' | 'reader'> & Partial<Pick<InteropRow, 'expected'>>,
  count: number,
  what: string,
  differences: readonly string[],
): InteropRow {
  const passed = differences.length === 0 && count > 0;
  const detail = passed ? `${count} ${what}` : `${differences.length} differences of ${count} ${what}: ${differences.slice(0, 4).join('; ')}`;
  return { expected: 'equal', ...row, passed, detail };
}

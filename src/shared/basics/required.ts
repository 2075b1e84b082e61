/**
 * A value that exists unless this program has a bug.
 * @param what names the value in the error
 * @throws Error where the value is undefined
 */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`Bug: ${what} is missing`);
  return value;
}

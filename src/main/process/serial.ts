/**
 * Runs pieces of work one after the other, in the order in which they were given.
 * @returns a function that adds one, and gives its result
 */
export function inSeries(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}

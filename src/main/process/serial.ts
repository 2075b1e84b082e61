/**
 * Creates a queue that runs asynchronous functions one at a time, in the order in which they were added.
 * @returns a function that adds one and resolves with its result
 */
export function inSeries(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}

/**
 * Lets a source run up to `depth` items ahead of its reader. Leaving the loop early ends the source.
 * Errors of the source come out where the reader would have met them.
 */
export async function* readAhead<T>(source: AsyncIterable<T>, depth: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const ahead: Promise<IteratorResult<T>>[] = [];
  const request = (): void => {
    // An async generator queues calls of next() and answers them in order.
    const next = iterator.next();
    next.catch(() => undefined);
    ahead.push(next);
  };
  try {
    for (let i = 0; i < depth; i++) request();
    for (;;) {
      const result = await ahead.shift()!;
      if (result.done === true) return;
      request();
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}

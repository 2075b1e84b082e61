/**
 * Requests up to `depth` items of a source before they are read. Leaving the loop early ends the source. An error of the
 * source is thrown at the item where it occurred.
 */
export async function* readAhead<T>(source: AsyncIterable<T>, depth: number): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const ahead: Promise<IteratorResult<T>>[] = [];
  const request = (): void => {
    // An async generator queues calls of next() and resolves them in order.
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

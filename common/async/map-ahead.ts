/**
 * Works on each item of a source, on up to `ahead` of them at once; the results come in the items' order. When
 * the source fails, the results of the items that it gave before come first.
 */
export async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  ahead: number,
  work: (one: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  const items = source[Symbol.asyncIterator]();
  let failure: { error: unknown } | undefined;
  try {
    for (;;) {
      const next = await items.next().catch((error: unknown) => {
        failure = { error };
        return { done: true, value: undefined } as const;
      });
      if (next.done) break;
      const result = work(next.value);
      // Awaited in order below; this handler only avoids an unhandledRejection until then.
      result.catch(() => {});
      underWay.push(result);
      const first = underWay.length < ahead ? undefined : underWay.shift();
      if (first) yield await first;
    }
    for (const result of underWay) yield await result;
    if (failure) throw failure.error;
  } finally {
    await items.return?.();
  }
}

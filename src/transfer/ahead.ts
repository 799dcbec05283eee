/**
 * Works on items up to `count` ahead of whoever takes the results, which come in the order of the items. When it
 * ends early, what runs is waited for: the disk it reads may be closed afterwards.
 */
export async function* ahead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  count: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const promise = work(item);
      // A failure is thrown when its turn comes; until then nobody waits for it.
      promise.catch(() => undefined);
      running.push(promise);
      if (running.length < count) continue;
      const first = running.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = running.shift(); first !== undefined; first = running.shift()) yield await first;
  } finally {
    await Promise.allSettled(running);
  }
}

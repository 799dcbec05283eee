/**
 * Runs `work` on every item, at most `limit` at a time, taking the next item only when there is room: an
 * async iterable that reads a disk is never more than one item ahead. On the first failure no further item is
 * taken, the signal handed to `work` is aborted, what runs is waited for, and that first failure is thrown.
 */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const failures: unknown[] = [];
  const fail = (error: unknown): void => {
    failures.push(error);
    controller.abort(error);
  };
  const onAbort = (): void => fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const running = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      while (running.size >= limit) await Promise.race(running);
      if (failures.length > 0) break;
      const task: Promise<void> = work(item, controller.signal)
        .catch(fail)
        .finally(() => running.delete(task));
      running.add(task);
    }
  } catch (error) {
    fail(error);
  } finally {
    await Promise.all(running);
    signal.removeEventListener('abort', onAbort);
  }
  if (failures.length > 0) throw failures[0];
}

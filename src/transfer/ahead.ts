/**
 * Runs tasks up to `count` ahead of whoever takes their results, which come in the order of the tasks. When it
 * ends early, what runs is waited for: the disk it reads may be closed afterwards.
 */
export async function* ahead<T>(tasks: Iterable<() => Promise<T>>, count: number): AsyncGenerator<T> {
  const running: Promise<T>[] = [];
  try {
    for (const task of tasks) {
      const promise = task();
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

/**
 * Wraps a function so that at most `limit` calls of it run at a time; the others wait in order. For work whose
 * own memory is what has to be bounded.
 */
export function atMost<A extends readonly unknown[], R>(
  limit: number,
  act: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (...args) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await act(...args);
    } finally {
      const next = waiting.shift();
      // The one that waited takes over the place.
      if (next === undefined) running--;
      else next();
    }
  };
}

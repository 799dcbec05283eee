import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ahead } from './ahead.ts';

test('results come in order, whichever ends first, and never more than the limit is under way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.scheduler(), async (count, s) => {
      let running = 0;
      const tasks = Array.from({ length: 12 }, (_, i) => async () => {
        running++;
        assert.ok(running <= count);
        await s.schedule(Promise.resolve());
        running--;
        return i;
      });
      const results = s.waitFor(all(ahead(tasks, count, (task) => task())));
      assert.deepEqual(
        await results,
        tasks.map((_, i) => i),
      );
    }),
    { numRuns: 30 },
  );
});

test('a failure comes in its turn, and when it ends early what runs is waited for', async () => {
  const broken = new Error('sector 7');
  let ended = 0;
  const late = Promise.withResolvers<number>();
  const tasks = [
    () => Promise.resolve(1),
    () => Promise.reject(broken),
    () => late.promise.finally(() => ended++),
  ];
  const taken: number[] = [];
  const taking = (async () => {
    for await (const one of ahead(tasks, 3, (task) => task())) {
      taken.push(one);
      setImmediate(() => late.resolve(3));
    }
  })();
  await assert.rejects(taking, broken);
  assert.deepEqual([taken, ended], [[1], 1]);
});

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of results) list.push(one);
  return list;
}

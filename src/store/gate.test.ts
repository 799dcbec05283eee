import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Gate, mapBounded } from './gate.ts';

test('a gate lets so many through at once, all of them in the end, also past errors', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean()),
      fc.scheduler(),
      async (width, tasks, s) => {
        const gate = new Gate(width);
        let inside = 0;
        let most = 0;
        const order: number[] = [];
        const runs = tasks.map((fails, i) =>
          gate.run(async () => {
            order.push(i);
            most = Math.max(most, ++inside);
            await s.schedule(Promise.resolve());
            inside--;
            if (fails) throw new Error('refused');
            return i;
          }),
        );
        const ends = Promise.allSettled(runs);
        await s.waitFor(ends);
        assert.equal(most, Math.min(width, tasks.length));
        assert.deepEqual(order, [...tasks.keys()]);
        assert.deepEqual(
          (await ends).map(({ status }) => status),
          tasks.map((fails) => (fails ? 'rejected' : 'fulfilled')),
        );
      },
    ),
  ));

test('a bounded map keeps the order and ends with the first error', async () => {
  assert.deepEqual(await mapBounded([3, 1, 2], 2, async (n) => n * 10), [30, 10, 20]);
  assert.deepEqual(await mapBounded([], 2, async (n) => n), []);
  const begun: number[] = [];
  const each = async (n: number): Promise<void> => {
    begun.push(n);
    if (n === 2) throw new Error('two');
  };
  await assert.rejects(mapBounded([1, 2, 3, 4, 5, 6, 7, 8], 2, each), /two/);
  assert.ok(begun.length < 5, `went on to ${begun.at(-1)}`);
});

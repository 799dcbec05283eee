import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inParallel } from './in-parallel.ts';

/** Resolves at a later turn; how late follows from the number. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}

const lives = new AbortController().signal;

test('everything is worked on once, never more than the limit at a time, and reading is one ahead', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4)), fc.integer({ min: 1, max: 5 }), async (work, limit) => {
      let running = 0;
      let taken = 0;
      let ended = 0;
      const done: number[] = [];
      async function* items() {
        for (const [i, count] of work.entries()) {
          taken++;
          assert.ok(taken - ended <= limit + 1);
          yield { i, count };
          await turns(1);
        }
      }
      await inParallel(items(), limit, lives, async ({ i, count }) => {
        assert.ok(++running <= limit);
        await turns(count);
        running--;
        ended++;
        done.push(i);
      });
      assert.deepEqual(
        done.sort((a, b) => a - b),
        work.map((_, i) => i),
      );
    }),
    { numRuns: 50 },
  );
});

test('the first failure is thrown once all that runs has ended, and tells it to stop', async () => {
  const first = new Error('first');
  let told = 0;
  let open = 0;
  const work = async (item: number, signal: AbortSignal): Promise<void> => {
    open++;
    await turns(item);
    if (item === 3) throw first;
    await turns(10);
    if (signal.aborted) told++;
    open--;
  };
  await assert.rejects(inParallel([1, 3, 2, 9, 9, 9], 3, lives, work), first);
  assert.equal(open, 1, 'only the one that failed did not end');
  assert.ok(told >= 2);
});

test('an abort stops it with its reason, and a failure of the items is thrown too', async () => {
  const controller = new AbortController();
  let count = 0;
  const stopped = inParallel([1, 2, 3, 4], 1, controller.signal, async () => {
    if (++count === 2) controller.abort(new Error('enough'));
    await turns(1);
  });
  await assert.rejects(stopped, /enough/);
  assert.equal(count, 2);
  async function* broken() {
    yield 1;
    await turns(1);
    throw new Error('read error');
  }
  await assert.rejects(
    inParallel(broken(), 2, lives, () => turns(3)),
    /read error/,
  );
});

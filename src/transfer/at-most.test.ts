import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { atMost } from './at-most.ts';

test('never more than the limit runs, everything runs, failures too give their place away', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
      fc.scheduler(),
      async (limit, fates, s) => {
        let running = 0;
        let most = 0;
        const act = atMost(limit, async (good: boolean) => {
          most = Math.max(most, ++running);
          await s.schedule(Promise.resolve());
          running--;
          if (!good) throw new Error('bad');
          return good;
        });
        const calls = Promise.allSettled(fates.map((fate) => act(fate)));
        const results = await s.waitFor(calls);
        assert.deepEqual(
          results.map(({ status }) => status === 'fulfilled'),
          fates,
        );
        assert.equal(most, Math.min(limit, fates.length));
        assert.equal(await s.waitFor(act(true)), true);
      },
    ),
    { numRuns: 40 },
  );
});

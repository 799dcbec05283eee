import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkOwners } from './chunk-owners.ts';

test('a chunk counts for the one owner that needs it, and for nobody when two do', () => {
  const use = fc.record({ chunk: fc.nat(3000), owner: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(use, { maxLength: 5000, minLength: 1 }), (uses) => {
      const owners = new ChunkOwners();
      const naive = new Map<number, Set<number>>();
      for (const { chunk, owner } of uses) {
        owners.add(createHash('sha256').update(String(chunk)).digest('hex'), owner, chunk);
        naive.set(chunk, (naive.get(chunk) ?? new Set()).add(owner));
      }
      const expected = new Map<number, number>();
      for (const [chunk, by] of naive) {
        const [only = 0] = by;
        if (by.size === 1) expected.set(only, (expected.get(only) ?? 0) + chunk);
      }
      const sorted = (map: Map<number, number>) => [...map].sort(([a], [b]) => a - b);
      assert.deepEqual(sorted(owners.onlyBytes()), sorted(expected));
    }),
    { numRuns: 15 },
  );
});

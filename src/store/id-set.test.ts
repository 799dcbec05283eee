import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdSet } from './id-set.ts';

/** Ids that often begin alike, so that they fall on the same slots. */
const id = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.nat(300))
  .map(([head, tail]) => `0${head}000000${tail.toString(16).padStart(56, '0')}`);

test('a set of ids is a set, also when ids collide and while it grows', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 600 }), fc.array(id, { maxLength: 50 }), (added, asked) => {
      const ids = new IdSet();
      const model = new Set<string>();
      for (const one of added) {
        assert.equal(ids.add(one), !model.has(one));
        model.add(one);
      }
      assert.equal(ids.size, model.size);
      assert.deepEqual([...ids].sort(), [...model].sort());
      for (const one of [...asked, ...added]) assert.equal(ids.has(one), model.has(one));
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eachZeroRun } from './zero-bits.ts';

test('runs of zero bits are what looking at each bit gives', () => {
  const bytes = fc.array(fc.oneof(fc.constantFrom(0, 0xff), fc.nat(255)), { maxLength: 24 });
  fc.assert(
    fc.property(bytes, fc.nat(7), (content, short) => {
      const bitmap = Uint8Array.from(content);
      const bits = Math.max(0, bitmap.length * 8 - short);
      const seen = new Set<number>();
      let last = -1;
      const zeros = eachZeroRun(bitmap, bits, (first, count) => {
        assert.ok(first > last && count > 0, 'runs are apart and in order');
        last = first + count;
        for (let i = first; i < first + count; i++) seen.add(i);
      });
      const expected = Array.from({ length: bits }, (_, i) => i).filter(
        (i) => (((bitmap[i >> 3] ?? 0) >> (i & 7)) & 1) === 0,
      );
      assert.deepEqual([...seen], expected);
      assert.equal(zeros, expected.length);
    }),
  );
});

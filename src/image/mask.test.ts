import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyMask,
  countUsed,
  countUsedBytes,
  emptyMask,
  fullMask,
  isEmpty,
  isFull,
  isUsed,
  markUsed,
  unusedRuns,
  usedRuns,
} from './mask.ts';
import { chunkCount, chunkLength, regionMasks } from './region-masks.ts';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK, CHUNK_BYTES } from './types.ts';

const mask = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc
    .array(fc.constantFrom(0x00, 0xff), { minLength: 32, maxLength: 32 })
    .map((bytes) => Uint8Array.from(bytes)),
);
const length = fc.oneof(fc.constant(CHUNK_BYTES), fc.integer({ min: 1, max: CHUNK_BYTES }));

test('marking bytes as used sets exactly the blocks they touch', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(length, length), { maxLength: 5 }), (ranges) => {
      const marked = emptyMask();
      const expected = Array.from({ length: BLOCKS_PER_CHUNK }, () => false);
      for (const [a, b] of ranges) {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        markUsed(marked, start, end);
        for (let at = 0; at < BLOCKS_PER_CHUNK; at++) {
          if (start < end && at * BLOCK_BYTES < end && (at + 1) * BLOCK_BYTES > start) expected[at] = true;
        }
      }
      assert.deepEqual(
        expected.map((_, at) => isUsed(marked, at)),
        expected,
      );
    }),
  );
  assert.throws(() => markUsed(emptyMask(), 0, CHUNK_BYTES + 1), RangeError);
  assert.throws(() => markUsed(emptyMask(), 5, 4), RangeError);
});

test('used and unused runs cover the chunk once, and agree with the bits', () => {
  fc.assert(
    fc.property(mask, length, (bits, bytes) => {
      const blocks = Math.ceil(bytes / BLOCK_BYTES);
      const used = usedRuns(bits, bytes).map((run) => ({ ...run, used: true }));
      const unused = unusedRuns(bits, bytes).map((run) => ({ ...run, used: false }));
      const all = [...used, ...unused].sort((a, b) => a.start - b.start);
      let at = 0;
      for (const [i, run] of all.entries()) {
        assert.equal(run.start, at);
        assert.ok(run.length > 0);
        assert.notEqual(run.used, all[i - 1]?.used);
        for (let byte = run.start; byte < run.start + run.length; byte += BLOCK_BYTES) {
          assert.equal(isUsed(bits, byte / BLOCK_BYTES), run.used);
        }
        at += run.length;
      }
      assert.equal(at, bytes);
      const count = Array.from({ length: blocks }, (_, block) => isUsed(bits, block)).filter(Boolean).length;
      assert.equal(countUsed(bits, bytes), count);
      assert.equal(
        countUsedBytes(bits, bytes),
        used.reduce((sum, run) => sum + run.length, 0),
      );
      assert.equal(isFull(bits, bytes), count === blocks);
    }),
  );
});

test('applying a mask zeroes the unused blocks and nothing else', () => {
  fc.assert(
    fc.property(mask, fc.integer({ min: 1, max: 40 * BLOCK_BYTES }), (bits, bytes) => {
      const chunk = new Uint8Array(bytes).fill(0xaa);
      applyMask(chunk, bits);
      for (let at = 0; at < bytes; at += 512) {
        assert.equal(chunk[at], isUsed(bits, Math.floor(at / BLOCK_BYTES)) ? 0xaa : 0);
      }
      assert.equal(chunk[bytes - 1], isUsed(bits, Math.floor((bytes - 1) / BLOCK_BYTES)) ? 0xaa : 0);
    }),
    { numRuns: 50 },
  );
});

test('full and empty masks are what they say', () => {
  assert.ok(isEmpty(emptyMask()));
  assert.ok(isFull(fullMask()));
  assert.equal(countUsed(fullMask(BLOCK_BYTES + 1)), 2);
  assert.ok(isFull(fullMask(5000), 5000));
  assert.ok(!isFull(fullMask(5000)));
  assert.ok(isEmpty(fullMask(0)));
});

test("a region's used runs become the masks of its chunks", () => {
  const run = fc.record({
    skip: fc.integer({ min: 0, max: CHUNK_BYTES }),
    length: fc.integer({ min: 0, max: 3 * CHUNK_BYTES }),
  });
  fc.assert(
    fc.property(
      fc.array(run, { maxLength: 6 }),
      fc.integer({ min: 0, max: 2 * CHUNK_BYTES }),
      (gaps, tail) => {
        let at = 0;
        const used = gaps.map(({ skip, length: bytes }) => {
          const start = at + skip;
          at = start + bytes;
          return { start, length: bytes };
        });
        const regionBytes = at + tail;
        const masks = [...regionMasks(used, regionBytes)];
        assert.equal(masks.length, chunkCount(regionBytes));
        for (const [i, bits] of masks.entries()) {
          const expected = emptyMask();
          for (const { start, length: bytes } of used) {
            const from = Math.max(start - i * CHUNK_BYTES, 0);
            const to = Math.min(start + bytes - i * CHUNK_BYTES, chunkLength(regionBytes, i));
            if (from < to) markUsed(expected, from, to);
          }
          assert.deepEqual(bits, expected);
        }
      },
    ),
  );
  assert.throws(() => [...regionMasks([{ start: 9, length: 2 }], 10)], RangeError);
  assert.throws(
    () => [
      ...regionMasks(
        [
          { start: 9, length: 1 },
          { start: 8, length: 1 },
        ],
        10,
      ),
    ],
    RangeError,
  );
});

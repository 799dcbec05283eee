import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkRing } from './chunk-ring.ts';
import { idOf } from './test-support/chunk-arbitrary.ts';

const ENTRY = 512;
const frame = (bytes: number): Buffer => Buffer.alloc(bytes, bytes & 0xff);
const held = (ring: ChunkRing, count: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => ring.has(idOf(i)));

test('the oldest goes first; what somebody asked for goes round once more', () => {
  const ring = new ChunkRing(3 * (1000 + ENTRY));
  for (const i of [0, 1, 2]) ring.put(idOf(i), frame(1000));
  assert.equal(ring.get(idOf(0))?.length, 1000);
  ring.put(idOf(3), frame(1000));
  assert.deepEqual(held(ring, 9), [0, 2, 3]);
  ring.put(idOf(4), frame(1000));
  assert.deepEqual(held(ring, 9), [0, 3, 4]);
  ring.put(idOf(5), frame(1000));
  assert.deepEqual(held(ring, 9), [3, 4, 5], 'nobody asked for the first again: it came before the others');
});

test('a frame larger than the ring, and one that is there, change nothing', () => {
  const ring = new ChunkRing(5000);
  ring.put(idOf(0), frame(1000));
  ring.put(idOf(1), frame(5000));
  ring.put(idOf(0), frame(3000));
  assert.deepEqual(held(ring, 2), [0]);
  assert.equal(ring.get(idOf(0))?.length, 1000);
  assert.equal(ring.get(idOf(1)), null);
  const { chunks, bytes, hits, misses, evicted } = ring.statistics();
  assert.deepEqual(
    { chunks, bytes, hits, misses, evicted },
    { chunks: 1, bytes: 1512, hits: 1, misses: 1, evicted: 0 },
  );
  ring.clear();
  assert.equal(ring.statistics().bytes, 0);
});

test('a frame that is a part of a larger memory does not keep the rest of it', () => {
  const ring = new ChunkRing(1 << 20);
  ring.put(idOf(0), Buffer.alloc(4096).fill(7).subarray(100, 200));
  const kept = ring.get(idOf(0));
  assert.equal(kept?.buffer.byteLength, 100);
  assert.ok(kept.every((byte) => byte === 7));
});

test('whatever is put and asked for: as the model says, and never more bytes than allowed', () => {
  const step = fc.oneof(fc.record({ put: fc.nat(20), bytes: fc.nat(3000) }), fc.record({ get: fc.nat(20) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 12_000 }), (steps, most) => {
      const ring = new ChunkRing(most);
      let model: { id: number; bytes: number; asked: boolean }[] = [];
      const used = (): number => model.reduce((sum, { bytes }) => sum + bytes + ENTRY, 0);
      for (const one of steps) {
        if ('get' in one) {
          const entry = model.find(({ id }) => id === one.get);
          if (entry) entry.asked = true;
          assert.equal(ring.get(idOf(one.get))?.length, entry?.bytes);
          continue;
        }
        ring.put(idOf(one.put), frame(one.bytes));
        if (one.bytes + ENTRY > most || model.some(({ id }) => id === one.put)) continue;
        while (used() + one.bytes + ENTRY > most) {
          const [first, ...rest] = model;
          model = first?.asked ? [...rest, { ...first, asked: false }] : rest;
        }
        model.push({ id: one.put, bytes: one.bytes, asked: false });
        assert.deepEqual(
          held(ring, 21),
          model.map(({ id }) => id).toSorted((a, b) => a - b),
        );
        assert.equal(ring.statistics().bytes, used());
        assert.ok(ring.statistics().bytes <= most);
      }
    }),
  );
});

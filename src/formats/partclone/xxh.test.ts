import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Xxh64 } from './xxh64.ts';
import { Xxh128 } from './xxh128.ts';

/** Length, and what `xxhsum -H1` and `-H2` (0.8.1) say of the bytes below. */
const KNOWN = [
  [512, 'e98bafeaf5a8d999', '3c49a68612b1f7233b402f6c44d36ce5'],
  [1024, '95dc5f8b87783c63', '2d7c49ac4e3824b1c5eb3b0e7580130f'],
  [1088, '9716f7c9811c3109', '4420e859639e8ae1e9cea1c8d904e8c1'],
  [1152, '5daf616c44a27a46', 'b5bc2e5134b57cacb43af2e81137c89f'],
  [4096, '77d3f75be8fcf7c9', 'd39d31dfa165e1b075128aa99ab78bbf'],
  [65536, '5ad7b304e026c2de', '8c4a045aa685aa236fac6b85b321bd36'],
  [1000448, 'bf7e4da0e0b0048f', '33d2dbbe4964b739aa6f93234155cdf6'],
] as const;

/** Bytes of a simple generator, the same everywhere. */
function sampleBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 12_345;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** xxhsum prints the most significant byte first, partclone writes the least. */
function printed(digest: Buffer): string {
  return Buffer.from(digest).reverse().toString('hex');
}

test('both hashes are those of xxhsum', () => {
  for (const [length, short, long] of KNOWN) {
    const [a, b] = [new Xxh64(), new Xxh128()];
    for (const hash of [a, b]) hash.update(sampleBytes(length));
    assert.equal(printed(a.digest()), short);
    assert.equal(printed(b.digest()), long);
  }
});

test('how the bytes come in does not matter, nor what was hashed before a reset', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), (sizes) => {
      const total = sizes.reduce((sum, size) => sum + size, 0) * 512;
      const bytes = sampleBytes(total);
      for (const hash of [new Xxh64(), new Xxh128()]) {
        hash.update(bytes);
        const once = hash.digest();
        hash.reset();
        let at = 0;
        for (const size of sizes) {
          hash.update(bytes.subarray(at, at + size * 512));
          at += size * 512;
        }
        assert.deepEqual(hash.digest(), once);
        assert.deepEqual(hash.digest(), once, 'a digest changes nothing');
      }
    }),
    { numRuns: 30 },
  );
});

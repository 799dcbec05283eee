import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chunkIdOf, chunkIdOfAsync, isChunkId } from './chunk-id.ts';
import { ChunkTableBuilder } from './chunk-table.ts';
import { emptyMask, fullMask, isEmpty, markUsed } from './mask.ts';

test('a table gives back what was appended, and later appends do not change it', () => {
  const chunk = fc.record({
    seed: fc.nat(),
    mask: fc.oneof(
      fc.constant(fullMask()),
      fc.constant(emptyMask()),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
    ),
    size: fc.nat(2 ** 21),
  });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 200 }), (chunks) => {
      const builder = new ChunkTableBuilder();
      const wanted = chunks.map(({ seed, mask, size }) => {
        const id = isEmpty(mask) ? null : chunkIdOf(Buffer.from(`${seed}`));
        return { id, mask, size: id === null ? 0 : size };
      });
      for (const { id, mask, size } of wanted) builder.append(id, mask, size);
      const table = builder.build();
      builder.append('00'.repeat(32), fullMask(), 1);
      assert.equal(table.count, chunks.length);
      for (const [i, { id, mask, size }] of wanted.entries()) {
        assert.equal(table.id(i), id);
        assert.deepEqual(Uint8Array.from(table.mask(i)), mask);
        assert.equal(table.storedBytes(i), size);
      }
      assert.throws(() => table.id(chunks.length), RangeError);
    }),
  );
});

test('what does not go together is not appended', () => {
  const builder = new ChunkTableBuilder();
  const id = 'ab'.repeat(32);
  assert.throws(() => builder.append(id, emptyMask(), 1), /if and only if/);
  assert.throws(() => builder.append(null, fullMask(), 0), /if and only if/);
  assert.throws(() => builder.append(null, emptyMask(), 1), /stored bytes/);
  assert.throws(() => builder.append(id, fullMask(), 1.5), /stored bytes/);
  assert.throws(() => builder.append('AB'.repeat(32), fullMask(), 1), /no chunk id/);
  assert.throws(() => builder.append(id, new Uint8Array(31), 1), /mask of 31/);
  assert.equal(builder.build().count, 0);
});

test('61,000 chunks cost a few megabytes', () => {
  const partial = emptyMask();
  markUsed(partial, 0, 9000);
  const ids = Array.from({ length: 64 }, (_, i) => chunkIdOf(Buffer.from([i])));
  const before = process.memoryUsage();
  const builder = new ChunkTableBuilder();
  for (let i = 0; i < 61_000; i++)
    builder.append(ids[i % 64] ?? null, i % 3 === 0 ? partial : fullMask(), 400_000);
  const table = builder.build();
  const { arrayBuffers } = process.memoryUsage();
  assert.equal(table.count, 61_000);
  // The table itself takes 3.4 MB; the builder and buffers not yet collected are on top.
  assert.ok(arrayBuffers - before.arrayBuffers < 24 * 2 ** 20, `${arrayBuffers - before.arrayBuffers} bytes`);
});

test('a chunk id is the SHA-256 of the bytes, on either thread', async () => {
  const bytes = Buffer.from('abc');
  const id = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(chunkIdOf(bytes), id);
  assert.equal(await chunkIdOfAsync(bytes), id);
  assert.equal(await chunkIdOfAsync(new Uint8Array(new SharedArrayBuffer(3))), chunkIdOf(Buffer.alloc(3)));
  assert.ok(isChunkId(id));
  for (const no of [id.toUpperCase(), id.slice(1), `${id}\n`, `../${id}`, '']) assert.ok(!isChunkId(no));
});

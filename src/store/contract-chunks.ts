import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { CHUNK_BYTES, chunkIdOf } from '../image/index.ts';
import type { StoreTest } from './contract.ts';
import { sampleChunk, sampleChunks } from './sample-image.ts';

/** The part of the contract about single chunks. */
export function contractOfChunks(storeTest: StoreTest): void {
  storeTest('a chunk that was put is there, as it was', async ({ store }) => {
    const [a, b, c] = await sampleChunks(['a', 'b', 'c']);
    assert.ok(a && b && c);
    assert.deepEqual(await store.missing([c.id, a.id, c.id, b.id]), [c.id, a.id, b.id]);
    await store.putChunk(a.id, a.frame);
    await store.putChunk(a.id, a.frame);
    assert.deepEqual(await store.missing([c.id, a.id, b.id]), [c.id, b.id]);
    assert.ok((await store.getChunk(a.id)).equals(a.frame));
    assert.ok((await store.getChunk(a.id, { verify: true })).equals(a.frame));
    await assert.rejects(store.getChunk(b.id), { code: 'chunk-missing' });
    assert.deepEqual(await store.missing([]), []);
  });

  storeTest('a whole chunk that does not compress fits', async ({ store }) => {
    const raw = randomBytes(CHUNK_BYTES);
    await store.putChunk(chunkIdOf(raw), zstdCompressSync(raw));
    assert.equal(await store.recheck(chunkIdOf(raw)), 'good');
  });

  storeTest('what is not the chunk it says is refused and not stored', async ({ store }) => {
    const [a, b] = await sampleChunks(['a', 'b']);
    assert.ok(a && b);
    const bomb = Buffer.alloc(CHUNK_BYTES + 1);
    const bad: [string, Uint8Array][] = [
      [a.id, b.frame],
      [a.id, a.raw],
      [a.id, Buffer.alloc(0)],
      [a.id, a.frame.subarray(0, -1)],
      [a.id, Buffer.concat([a.frame, Buffer.from([0])])],
      [a.id, Buffer.concat([a.frame, a.frame])],
      [a.id, Buffer.alloc(2 * CHUNK_BYTES)],
      [chunkIdOf(bomb), zstdCompressSync(bomb)],
      [chunkIdOf(Buffer.alloc(2 ** 28)), zstdCompressSync(Buffer.alloc(2 ** 28))],
    ];
    for (const [id, frame] of bad) {
      await assert.rejects(store.putChunk(id, frame), { code: 'chunk-damaged' });
      assert.deepEqual(await store.missing([id]), [id]);
    }
    for (const id of ['../../../etc/passwd', a.id.toUpperCase(), '', `${a.id}/x`]) {
      await assert.rejects(store.putChunk(id, a.frame), { name: 'MimeoError' });
      await assert.rejects(store.getChunk(id), { name: 'MimeoError' });
      await assert.rejects(store.missing([id]), { name: 'MimeoError' });
    }
  });

  storeTest('the same chunk put by many at once is stored', async ({ store }) => {
    const { id, frame } = await sampleChunk('same');
    const other = await sampleChunk('other');
    const puts = Array.from({ length: 20 }, () => store.putChunk(id, frame));
    await assert.rejects(store.putChunk(id, other.frame), { code: 'chunk-damaged' });
    await Promise.all(puts);
    assert.equal(await store.recheck(id), 'good');
  });

  storeTest('a chunk that rots is found, set aside, and can be put again', async ({ store, alterChunk }) => {
    const { id, frame } = await sampleChunk('rots');
    const rotten = Buffer.from(frame);
    rotten.writeUInt8(rotten.readUInt8(frame.length - 3) ^ 1, frame.length - 3);
    for (const bytes of [rotten, frame.subarray(0, 9), Buffer.concat([frame, frame])]) {
      await store.putChunk(id, frame);
      await alterChunk(id, bytes);
      await assert.rejects(store.getChunk(id, { verify: true }), { code: 'chunk-damaged' });
      assert.deepEqual(await store.missing([id]), [id]);
      await store.putChunk(id, frame);
      await alterChunk(id, bytes);
      assert.equal(await store.recheck(id), 'damaged');
      assert.equal(await store.recheck(id), 'missing');
    }
    await alterChunk(id, Buffer.alloc(0));
    assert.deepEqual(await store.missing([id]), [id]);
    await assert.rejects(store.getChunk(id), { code: 'chunk-missing' });
    await store.putChunk(id, frame);
    assert.equal(await store.recheck(id), 'good');
  });
}

import assert from 'node:assert/strict';
import type { StoreTest } from './contract.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';
import type { ChunkProgress } from './upkeep-port.ts';

/** The part of the contract about finding and healing what rots. */
export function contractOfUpkeep(storeTest: StoreTest): void {
  storeTest('verify names the missing and the damaged chunks of an image', async ({ store, alterChunk }) => {
    const chunks = await sampleChunks([1, 2, 3, 4, 4]);
    for (const { id, frame } of chunks) await store.putChunk(id, frame);
    await store.commit(
      sampleImage(
        'winxp',
        chunks.map(({ id }) => id),
      ),
    );
    const bytes = chunks.slice(0, 4).reduce((sum, { frame }) => sum + frame.length, 0);
    const whole = { name: 'winxp', version: 1, chunks: 4, bytes, missing: [], damaged: [] };
    const seen: ChunkProgress[] = [];
    assert.deepEqual(await store.verify('WINXP', 1, { onProgress: (one) => seen.push(one) }), whole);
    assert.deepEqual([seen.length, seen.at(-1)], [4, { chunks: 4, ofChunks: 4, bytes }]);
    const [a, b] = chunks;
    assert.ok(a && b);
    await alterChunk(a.id, Buffer.from('rotten'));
    await alterChunk(b.id, Buffer.alloc(0));
    const found = await store.verify('winxp', 1);
    assert.deepEqual([found.damaged, found.missing], [[a.id], [b.id]]);
    assert.deepEqual((await store.verify('winxp', 1)).missing.toSorted(), [a.id, b.id].toSorted());
    await assert.rejects(
      store.verify('winxp', 1, { signal: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    );
    await assert.rejects(store.verify('winxp', 2), { code: 'image-missing' });
  });

  storeTest('a scrub finds what rotted and what is lost, and heals it from another holder', async (under) => {
    const { store, alterChunk, alterIndex } = under;
    const chunks = await sampleChunks(['whole', 'rotten', 'gone', 'unknown', 'stray']);
    const [whole, rotten, gone, unknown, stray] = chunks;
    assert.ok(whole && rotten && gone && unknown && stray);
    for (const { id, frame } of chunks) await store.putChunk(id, frame);
    const ids = [whole, rotten, gone, unknown].map(({ id }) => id);
    await store.commit(sampleImage('winxp', ids));
    const bytes = chunks.reduce((sum, { frame }) => sum + frame.length, 0);
    assert.deepEqual(await store.scrub(), {
      chunks: 5,
      bytes,
      damaged: [],
      missing: [],
      healed: [],
      lost: [],
      damagedImages: [],
    });
    for (const { id } of [rotten, stray]) await alterChunk(id, Buffer.from('rotten'));
    for (const { id } of [gone, unknown]) await alterChunk(id, Buffer.alloc(0));
    await alterIndex('debian', 1, Buffer.from('no index'));
    const asked: string[] = [];
    const found = await store.scrub({
      bytesPerSecond: 1_000_000,
      heal: async (id) => {
        asked.push(id);
        if (id === stray.id) throw new Error('not to be reached');
        if (id === unknown.id) return whole.frame;
        return chunks.find((chunk) => chunk.id === id)?.frame ?? null;
      },
    });
    assert.deepEqual(found.damaged.toSorted(), [rotten.id, stray.id].toSorted());
    assert.deepEqual(found.missing.toSorted(), [gone.id, unknown.id].toSorted());
    assert.deepEqual(asked.toSorted(), [rotten, stray, gone, unknown].map(({ id }) => id).toSorted());
    assert.deepEqual(found.healed.toSorted(), [rotten.id, gone.id].toSorted());
    assert.deepEqual(found.lost, [unknown.id]);
    assert.deepEqual(
      found.damagedImages.map(({ name, version }) => `${name}@${version}`),
      ['debian@1'],
    );
    assert.deepEqual((await store.verify('winxp', 1)).missing, [unknown.id]);
    assert.deepEqual((await store.scrub()).lost, [unknown.id]);
    await assert.rejects(store.scrub({ signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });

  storeTest(
    'usage counts what there is, also what is out of use',
    async ({ store, alterChunk, alterIndex }) => {
      const chunks = await sampleChunks([1, 2, 3]);
      const [a, b, c] = chunks;
      assert.ok(a && b && c);
      for (const { id, frame } of chunks) await store.putChunk(id, frame);
      await store.commit(sampleImage('winxp', [a.id]));
      await store.commit(sampleImage('winxp', [b.id]));
      await store.commit(sampleImage('debian', [b.id]));
      await store.collectGarbage({ olderThanMs: -60_000 });
      await alterChunk(b.id, Buffer.from('rotten'));
      await store.recheck(b.id);
      await alterIndex('bad', 1, Buffer.from('no index'));
      const { freeBytes, damagedImages, ...usage } = await store.usage();
      assert.deepEqual(usage, {
        images: 2,
        versions: 3,
        chunks: 1,
        bytes: a.frame.length,
        quarantined: { chunks: 1, bytes: c.frame.length },
        damaged: { chunks: 1, bytes: 6 },
      });
      assert.ok(freeBytes === null || freeBytes > 0);
      await store.putChunk(b.id, b.frame);
      assert.deepEqual((await store.usage()).damaged, { chunks: 0, bytes: 0 }, 'it is there again');
      assert.deepEqual(
        damagedImages.map(({ name, version, message }) => [name, version, message]),
        [['bad', 1, 'Image bad@1: The index has no signature at its end.']],
      );
    },
  );

  storeTest('a chunk put unchecked is looked at when it is read', async ({ store }) => {
    const { id, frame } = await sampleChunk(1);
    const other = await sampleChunk(2);
    const capture = store.beginLocalCapture();
    await assert.rejects(capture.putChunkUnchecked(id, Buffer.from('no frame')), { code: 'chunk-damaged' });
    await capture.putChunkUnchecked(id, frame);
    await capture.putChunkUnchecked(id, frame);
    assert.equal(await store.recheck(id), 'good');
    await capture.putChunkUnchecked(other.id, frame);
    await assert.rejects(store.getChunk(other.id, { verify: true }), { code: 'chunk-damaged' });
    assert.deepEqual(await capture.missing([id, other.id]), [other.id]);
    assert.equal((await capture.commit(sampleImage('winxp', [id]))).version, 1);
  });
}

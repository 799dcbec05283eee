import assert from 'node:assert/strict';
import {
  CHUNK_BYTES,
  encodeIndex,
  generateSigningKey,
  publicKeyOf,
  signIndex,
  verifyIndex,
} from '../image/index.ts';
import type { StoreTest } from './contract.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';

/** The part of the contract about committed images. */
export function contractOfImages(storeTest: StoreTest): void {
  storeTest(
    'a committed image is listed and reads back, signed and with its sizes',
    async ({ store, key }) => {
      const chunks = await sampleChunks([1, 2, 1, 3]);
      for (const { id, frame } of chunks) await store.putChunk(id, frame);
      const index = sampleImage(
        'winxp',
        chunks.map(({ id }) => id),
        'fresh',
      );
      const summary = await store.commit(index);
      const sizes = chunks.map(({ frame }) => frame.length);
      assert.deepEqual(summary, {
        name: 'winxp',
        version: 1,
        createdAt: index.createdAt,
        notes: 'fresh',
        labels: [],
        diskBytes: 5 * CHUNK_BYTES,
        diskSizes: [5 * CHUNK_BYTES],
        usedBytes: chunks.reduce((sum, { raw }) => sum + raw.length, 0),
        storedBytes: new Set(chunks.map(({ id }) => id)).size * (sizes[0] ?? 0),
        table: 'mbr',
        filesystems: ['ntfs'],
      });
      assert.deepEqual(await store.list(), [summary]);
      const read = await store.readIndex('winxp');
      assert.equal(read.index.version, 1);
      assert.deepEqual(
        read.index.regions.map(({ chunks }) => chunks.storedBytes(0)),
        sizes,
      );
      assert.ok(verifyIndex(read.bytes, [publicKeyOf(key)]).equals(encodeIndex(read.index)));
    },
  );

  storeTest('of several disks each size is told, and the sum of them', async ({ store }) => {
    const [a, b] = await sampleChunks(['a', 'b']);
    assert.ok(a && b);
    for (const { id, frame } of [a, b]) await store.putChunk(id, frame);
    const [boot, data] = [sampleImage('pair', [a.id]), sampleImage('pair', [a.id, b.id])];
    const { layout, regions } = data;
    const summary = await store.commit({ ...boot, otherDisks: [{ layout, regions }] });
    assert.deepEqual(summary.diskSizes, [2 * CHUNK_BYTES, 3 * CHUNK_BYTES]);
    assert.equal(summary.diskBytes, 5 * CHUNK_BYTES);
    assert.deepEqual(await store.list(), [summary]);
  });

  storeTest(
    'each new content of a name is its next version; a repeated commit is none',
    async ({ store }) => {
      const [a, b] = await sampleChunks(['a', 'b']);
      assert.ok(a && b);
      await store.putChunk(a.id, a.frame);
      await store.putChunk(b.id, b.frame);
      const first = await store.commit(sampleImage('winxp', [a.id]));
      assert.deepEqual(await store.commit(sampleImage('winxp', [a.id])), first);
      assert.equal((await store.commit(sampleImage('WinXP', [b.id]))).version, 2);
      assert.equal((await store.commit(sampleImage('debian', [b.id]))).version, 1);
      assert.deepEqual(
        (await store.list()).map(({ name, version }) => `${name}@${version}`),
        ['debian@1', 'winxp@1', 'winxp@2'],
      );
      assert.equal((await store.readIndex('WINXP')).index.version, 2);
      assert.equal((await store.readIndex('winxp', 1)).index.regions[0]?.chunks.id(0), a.id);
      const many = await Promise.all(
        Array.from({ length: 8 }, (_, i) => store.commit(sampleImage('winxp', [a.id], `note ${i}`))),
      );
      assert.deepEqual(
        many.map(({ version }) => version).sort((x, y) => x - y),
        [3, 4, 5, 6, 7, 8, 9, 10],
      );
    },
  );

  storeTest(
    'an index with a chunk that is not there is refused, and nothing of it is seen',
    async ({ store }) => {
      const [a, b] = await sampleChunks(['a', 'b']);
      assert.ok(a && b);
      await store.putChunk(a.id, a.frame);
      const message = `1 of the 2 chunks of winxp are not in the store, among them ${b.id}; nothing was committed.`;
      await assert.rejects(store.commit(sampleImage('winxp', [a.id, b.id])), {
        code: 'chunk-missing',
        message,
      });
      assert.deepEqual(await store.list(), []);
      await assert.rejects(store.readIndex('winxp'), { code: 'image-missing', message: /no images yet/ });
      await assert.rejects(store.commit({ ...sampleImage('x', [a.id]), name: '../x' }), {
        name: 'MimeoError',
      });
    },
  );

  storeTest('an index that gives a chunk another length than it has is refused', async ({ store }) => {
    const short = await sampleChunk('short');
    const whole = await sampleChunk('whole', CHUNK_BYTES);
    for (const { id, frame } of [short, whole]) await store.putChunk(id, frame);
    const message =
      'Chunk 0 of partition 1 of x has 200 bytes in the store, and 1048576 in the index; nothing was committed.';
    const tooLong = sampleImage('x', [short.id], '', CHUNK_BYTES);
    await assert.rejects(store.commit(tooLong), { code: 'index-damaged', message });
    await assert.rejects(store.commit(sampleImage('x', [whole.id])), { code: 'index-damaged' });
    const session = store.beginCapture();
    await assert.rejects(session.commit(sampleImage('x', [short.id], '', 199)), { code: 'index-damaged' });
    assert.deepEqual(await store.list(), []);
    assert.equal((await session.commit(sampleImage('x', [short.id]))).version, 1);
    assert.equal((await store.commit(sampleImage('x', [whole.id], '', CHUNK_BYTES))).version, 2);
  });

  storeTest('asking for an image that is not there tells which are', async ({ store }) => {
    const { id, frame } = await sampleChunk(1);
    await store.putChunk(id, frame);
    for (const name of ['winxp', 'debian']) await store.commit(sampleImage(name, [id]));
    await store.commit(sampleImage('winxp', [id], 'second'));
    const message = 'There is no image winpx. There are: debian (1), winxp (1, 2).';
    await assert.rejects(store.readIndex('winpx'), { code: 'image-missing', message });
    await assert.rejects(store.readIndex('winxp', 3), { code: 'image-missing', message: /no image winxp@3/ });
    await assert.rejects(store.readIndex('../winxp'), { code: 'image-name' });
  });

  storeTest(
    'a damaged, foreign or misplaced index is refused, reported, and not written over',
    async (under) => {
      const { store, alterIndex, problems } = under;
      const { id, frame } = await sampleChunk(1);
      await store.putChunk(id, frame);
      await store.commit(sampleImage('good', [id]));
      const { bytes, index } = await store.readIndex('good');
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(300) ^ 1, 300);
      const foreign = signIndex(encodeIndex({ ...index, name: 'bad' }), generateSigningKey());
      const cases: [Uint8Array, string][] = [
        [altered, 'index-damaged'],
        [bytes.subarray(0, 700), 'index-damaged'],
        [Buffer.alloc(0), 'index-damaged'],
        [bytes, 'index-damaged'],
        [foreign, 'index-untrusted'],
      ];
      for (const [content, code] of cases) {
        await alterIndex('bad', 1, content);
        await assert.rejects(store.readIndex('bad'), { code, message: /^Image bad@1: / });
        assert.deepEqual(
          (await store.list()).map(({ name }) => name),
          ['good'],
        );
        assert.equal(problems.pop()?.code, code);
        await assert.rejects(store.collectGarbage({ olderThanMs: -1000 }), { code });
      }
      assert.equal((await store.commit(sampleImage('bad', [id]))).version, 2);
      assert.equal(await store.recheck(id), 'good');
    },
  );

  storeTest('a removed version is gone, and its number is not given again', async ({ store }) => {
    const { id, frame } = await sampleChunk(1);
    await store.putChunk(id, frame);
    for (const notes of ['one', 'two']) await store.commit(sampleImage('winxp', [id], notes));
    await store.remove('WINXP', 2);
    assert.deepEqual(
      (await store.list()).map(({ version }) => version),
      [1],
    );
    await assert.rejects(store.readIndex('winxp', 2), { code: 'image-missing' });
    await assert.rejects(store.remove('winxp', 2), { code: 'image-missing' });
    assert.equal((await store.commit(sampleImage('winxp', [id], 'three'))).version, 3);
  });
}

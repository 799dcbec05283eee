import assert from 'node:assert/strict';
import { type KeyObject, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import type { MimeoError } from '../errors.ts';
import {
  CHUNK_BYTES,
  type ChunkId,
  chunkIdOf,
  encodeIndex,
  generateSigningKey,
  publicKeyOf,
  signIndex,
  verifyIndex,
} from '../image/index.ts';
import { contractOfCaptures } from './contract-captures.ts';
import { contractOfInterleavings } from './contract-interleavings.ts';
import type { ImageStore } from './port.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';

/** One store to test, and ways to do to it what a bad disk does. */
export interface StoreUnderTest {
  readonly store: ImageStore;
  /** Replaces a chunk's stored bytes, unchecked. */
  readonly alterChunk: (id: ChunkId, bytes: Uint8Array) => Promise<void>;
  /** Replaces or adds a stored index, unchecked. */
  readonly alterIndex: (name: string, version: number, bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes an empty store that signs with this key. */
export type MakeStore = (
  signingKey: KeyObject,
  onProblem: (error: MimeoError) => void,
) => Promise<StoreUnderTest>;

/** A test with a fresh store that is closed afterwards. */
export type StoreTest = (
  title: string,
  body: (under: StoreUnderTest & { key: KeyObject; problems: MimeoError[] }) => Promise<void>,
) => void;

/** What every adapter of the store keeps to; run by each adapter's test. */
export function storeContract(adapter: string, makeStore: MakeStore): void {
  const storeTest: StoreTest = (title, body) => {
    test(`${adapter}: ${title}`, async () => {
      const key = generateSigningKey();
      const problems: MimeoError[] = [];
      const under = await makeStore(key, (error) => problems.push(error));
      try {
        await body({ ...under, key, problems });
      } finally {
        await under.close();
      }
    });
  };
  contractOfChunks(storeTest);
  contractOfImages(storeTest);
  contractOfCaptures(storeTest);
  contractOfInterleavings(storeTest);
}

function contractOfChunks(storeTest: StoreTest): void {
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

function contractOfImages(storeTest: StoreTest): void {
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
        diskBytes: 5 * CHUNK_BYTES,
        usedBytes: 4 * CHUNK_BYTES,
        storedBytes: new Set(chunks.map(({ id }) => id)).size * (sizes[0] ?? 0),
        table: 'mbr',
        filesystems: ['ntfs'],
      });
      assert.deepEqual(await store.list(), [summary]);
      const read = await store.readIndex('winxp');
      assert.equal(read.index.version, 1);
      assert.deepEqual(
        chunks.map((_, i) => read.index.regions[0]?.chunks.storedBytes(i)),
        sizes,
      );
      assert.ok(verifyIndex(read.bytes, [publicKeyOf(key)]).equals(encodeIndex(read.index)));
    },
  );

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

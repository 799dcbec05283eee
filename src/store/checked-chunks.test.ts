import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChunkId } from '../image/index.ts';
import { CheckedChunks } from './checked-chunks.ts';
import { MemoryChunks } from './memory-chunks.ts';
import { sampleChunk } from './sample-image.ts';
import { storeError } from './store-error.ts';

const NO_COPIES = async (): Promise<null> => null;

/** A shelf whose first reads end otherwise than the later ones. */
class OddReads extends MemoryChunks {
  readonly odd: (() => Buffer)[] = [];

  override async get(id: ChunkId): Promise<Buffer | null> {
    return this.odd.shift()?.() ?? super.get(id);
  }
}

function badSector(): never {
  throw storeError(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }), 'read a chunk');
}

test('a good copy that came while a bad one was looked into is not set aside with it', async () => {
  const { id, frame } = await sampleChunk(1);
  const shelf = new OddReads();
  const chunks = new CheckedChunks(shelf, NO_COPIES);
  await chunks.put(id, frame);
  shelf.odd.push(() => Buffer.from('rotten'));
  assert.deepEqual(await chunks.get(id, { verify: true }), frame);
  assert.deepEqual(await chunks.missing([id]), []);
});

test('a chunk that the disk does not give is set aside, so that it can be put again; one that it gives late stays', async () => {
  const { id, frame } = await sampleChunk(1);
  const shelf = new OddReads();
  const chunks = new CheckedChunks(shelf, NO_COPIES);
  await chunks.put(id, frame);
  shelf.odd.push(badSector);
  assert.deepEqual(await chunks.recheck(id), { state: 'good', bytes: frame.length });
  shelf.odd.push(badSector, badSector);
  assert.equal((await chunks.recheck(id)).state, 'damaged');
  assert.deepEqual(await chunks.missing([id]), [id]);
  assert.equal(await chunks.put(id, frame), true);
  assert.equal((await chunks.recheck(id)).state, 'good');
});

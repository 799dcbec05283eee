import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSigningKey } from '../image/index.ts';
import { MemoryChunks } from './memory-chunks.ts';
import { MemoryIndexes } from './memory-indexes.ts';
import { sampleChunk, sampleImage } from './sample-image.ts';
import { ShelfStore } from './shelf-store.ts';

test('a chunk that is lost while its image is committed, and of which somebody else is told, stops the commit', async () => {
  const { id, frame } = await sampleChunk(1);
  class LosesOne extends MemoryChunks {
    override losses = 0;
    override async sync(): Promise<void> {
      if (this.losses === 0 && this.deleteNow(id)) this.losses++;
    }
  }
  const store = new ShelfStore({
    chunks: new LosesOne(),
    indexes: new MemoryIndexes(),
    signingKey: generateSigningKey(),
  });
  const capture = store.beginCapture();
  await capture.putChunk(id, frame);
  await assert.rejects(capture.commit(sampleImage('winxp', [id])), { code: 'chunk-missing' });
  assert.deepEqual(await store.list(), []);
  await capture.putChunk(id, frame);
  assert.equal((await capture.commit(sampleImage('winxp', [id]))).version, 1);
});

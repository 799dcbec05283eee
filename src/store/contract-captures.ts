import assert from 'node:assert/strict';
import type { StoreTest } from './contract.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';

/** Every chunk counts as old. */
const ANY_AGE = { olderThanMs: -60_000 };

/** The part of the contract about captures, committed and given up. */
export function contractOfCaptures(storeTest: StoreTest): void {
  storeTest('an abandoned capture gives back what only it brought', async ({ store }) => {
    const [old, shared, mine] = await sampleChunks(['old', 'shared', 'mine']);
    assert.ok(old && shared && mine);
    await store.putChunk(old.id, old.frame);
    const capture = store.beginCapture();
    const other = store.beginCapture();
    assert.deepEqual(await capture.missing([old.id, shared.id, mine.id]), [shared.id, mine.id]);
    for (const { id, frame } of [old, shared, mine]) await capture.putChunk(id, frame);
    assert.deepEqual(await other.missing([shared.id]), []);
    const given = { chunks: 1, bytes: mine.frame.length };
    assert.deepEqual(await capture.abandon(), given);
    assert.deepEqual(await capture.abandon(), given);
    assert.deepEqual(await store.missing([old.id, shared.id, mine.id]), [mine.id]);
    for (const call of [() => capture.missing([]), () => capture.putChunk(mine.id, mine.frame)]) {
      await assert.rejects(call(), { code: 'capture-ended' });
    }
    await assert.rejects(capture.commit(sampleImage('winxp', [old.id])), { code: 'capture-ended' });
    assert.equal((await other.commit(sampleImage('winxp', [shared.id]))).version, 1);
  });

  storeTest('a committed capture stays, whatever is called afterwards', async ({ store }) => {
    const { id, frame } = await sampleChunk(1);
    const capture = store.beginCapture();
    await assert.rejects(capture.commit(sampleImage('winxp', [id])), { code: 'chunk-missing' });
    await capture.putChunk(id, frame);
    const summary = await capture.commit(sampleImage('winxp', [id]));
    assert.deepEqual(await capture.commit(sampleImage('winxp', [id])), summary);
    assert.deepEqual(await capture.abandon(), { chunks: 0, bytes: 0 });
    assert.deepEqual((await store.collectGarbage(ANY_AGE)).quarantined, { chunks: 0, bytes: 0 });
    assert.equal(await store.recheck(id), 'good');
  });

  storeTest(
    'a chunk that an image lost and a capture brought again is not given back',
    async ({ store, alterChunk }) => {
      const { id, frame } = await sampleChunk(1);
      await store.putChunk(id, frame);
      await store.commit(sampleImage('winxp', [id]));
      await alterChunk(id, frame.subarray(1));
      assert.equal(await store.recheck(id), 'damaged');
      const capture = store.beginCapture();
      await capture.putChunk(id, frame);
      assert.deepEqual(await capture.abandon(), { chunks: 0, bytes: 0 });
      assert.equal(await store.recheck(id), 'good');
    },
  );

  storeTest('abandoning waits for puts under way', async ({ store }) => {
    const chunks = await sampleChunks([1, 2, 3, 4, 5, 6, 7, 8]);
    const capture = store.beginCapture();
    const puts = chunks.map(({ id, frame }) => capture.putChunk(id, frame));
    assert.equal((await capture.abandon()).chunks, chunks.length);
    await Promise.all(puts);
    assert.equal((await store.missing(chunks.map(({ id }) => id))).length, chunks.length);
  });
}

import assert from 'node:assert/strict';
import type { StoreTest } from './contract.ts';
import type { ImageStore } from './port.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';

/** Every chunk counts as old. */
const ANY_AGE = { olderThanMs: -60_000 };
const NONE = { chunks: 0, bytes: 0 };

/** Chunks that are in use; `missing` would bring those in quarantine back. */
async function stored(store: ImageStore): Promise<number> {
  return (await store.usage()).chunks;
}

/** The part of the contract about garbage collection. */
export function contractOfGarbage(storeTest: StoreTest): void {
  storeTest('garbage is what no image, capture or pin uses, once it is old enough', async ({ store }) => {
    const [stray, captured, pinned, kept] = await sampleChunks(['stray', 'captured', 'pinned', 'kept']);
    assert.ok(stray && captured && pinned && kept);
    for (const { id, frame } of [stray, captured, pinned, kept]) await store.putChunk(id, frame);
    await store.commit(sampleImage('kept', [kept.id]));
    await store.commit(sampleImage('pinned', [pinned.id]));
    const pin = await store.pin('pinned');
    const second = await store.pin('PINNED', 1);
    assert.equal(second.index, pin.index, 'held once');
    await store.remove('pinned', 1);
    const capture = store.beginCapture();
    await capture.missing([captured.id]);

    const young = await store.collectGarbage({ olderThanMs: 3_600_000 });
    const garbage = { chunks: 1, bytes: stray.frame.length };
    assert.deepEqual(young, { ...NONE, quarantined: NONE, waiting: NONE, young: garbage, restored: 0 });
    const first = { ...NONE, quarantined: garbage, waiting: garbage, young: NONE, restored: 0 };
    assert.deepEqual(await store.collectGarbage({ ...ANY_AGE, dryRun: true }), first);
    assert.equal(await stored(store), 4);
    assert.deepEqual(await store.collectGarbage(ANY_AGE), first);
    assert.equal(await stored(store), 3);
    const last = { ...garbage, quarantined: NONE, waiting: NONE, young: NONE, restored: 0 };
    assert.deepEqual(await store.collectGarbage({ ...ANY_AGE, dryRun: true }), last);
    assert.deepEqual(await store.collectGarbage(ANY_AGE), last);
    assert.deepEqual(await store.missing([stray.id, captured.id, pinned.id, kept.id]), [stray.id]);

    pin.release();
    pin.release();
    assert.equal((await store.collectGarbage(ANY_AGE)).quarantined.chunks, 0);
    second.release();
    await capture.abandon();
    assert.equal((await store.collectGarbage(ANY_AGE)).quarantined.chunks, 2);
    assert.equal((await store.collectGarbage(ANY_AGE)).chunks, 2);
    assert.equal(await stored(store), 1);
    await assert.rejects(store.pin('pinned'), { code: 'image-missing' });
  });

  storeTest(
    'at once, one run deletes what nobody uses, however young, and nothing else',
    async ({ store }) => {
      const samples = await sampleChunks(['out of use', 'stray', 'captured', 'pinned', 'kept']);
      const [out, stray, captured, pinned, kept] = samples;
      assert.ok(out && stray && captured && pinned && kept);
      await store.putChunk(out.id, out.frame);
      await store.collectGarbage(ANY_AGE);
      for (const { id, frame } of [stray, captured, pinned, kept]) await store.putChunk(id, frame);
      await store.commit(sampleImage('kept', [kept.id]));
      await store.commit(sampleImage('pinned', [pinned.id]));
      const pin = await store.pin('pinned');
      await store.remove('pinned', 1);
      const capture = store.beginCapture();
      await capture.missing([captured.id]);

      const now = { olderThanMs: 3_600_000, atOnce: true };
      const both = { chunks: 2, bytes: out.frame.length + stray.frame.length };
      const gone = { ...both, quarantined: NONE, waiting: NONE, young: NONE, restored: 0 };
      assert.deepEqual(await store.collectGarbage({ ...now, dryRun: true }), gone);
      assert.equal(await stored(store), 4);
      assert.deepEqual(await store.collectGarbage(now), gone);
      const left = await store.usage();
      assert.deepEqual([left.chunks, left.quarantined.chunks], [3, 0]);
      assert.deepEqual(await store.missing(samples.map(({ id }) => id)), [out.id, stray.id]);
      pin.release();
      await capture.abandon();
      assert.equal((await store.collectGarbage(now)).chunks, 2);
      assert.equal(await stored(store), 1);
    },
  );

  storeTest('a chunk in quarantine comes back for whoever asks', async ({ store }) => {
    const { id, frame } = await sampleChunk(1);
    const asks: ((store: ImageStore) => Promise<unknown>)[] = [
      (one) => one.missing([id]),
      (one) => one.putChunk(id, frame),
      (one) => one.getChunk(id),
      (one) => one.recheck(id),
      async (one) => {
        const capture = one.beginCapture();
        await capture.missing([id]);
        await capture.abandon();
      },
      (one) => one.commit(sampleImage('winxp', [id])),
    ];
    await store.putChunk(id, frame);
    for (const [i, ask] of asks.entries()) {
      await store.collectGarbage(ANY_AGE);
      const { quarantined, chunks } = await store.usage();
      assert.deepEqual([quarantined.chunks, chunks], [1, 0], `way ${i}`);
      await ask(store);
      assert.equal(await stored(store), 1, `way ${i}`);
      assert.equal(await store.recheck(id), 'good');
    }
  });

  storeTest('two collections at the same time delete nothing that one would not', async ({ store }) => {
    const chunks = await sampleChunks([1, 2, 3]);
    for (const { id, frame } of chunks) await store.putChunk(id, frame);
    const runs = await Promise.all([store.collectGarbage(ANY_AGE), store.collectGarbage(ANY_AGE)]);
    assert.deepEqual(
      runs.map((run) => [run.quarantined.chunks, run.chunks]),
      [
        [3, 0],
        [0, 3],
      ],
    );
  });
}

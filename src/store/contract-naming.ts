import assert from 'node:assert/strict';
import { publicKeyOf, verifyIndex } from '../image/index.ts';
import type { StoreTest } from './contract.ts';
import type { ImageStore } from './port.ts';
import { sampleChunks, sampleImage } from './sample-image.ts';

async function versions(store: ImageStore): Promise<string[]> {
  return (await store.list()).map(({ name, version, labels }) => [`${name}@${version}`, ...labels].join(' '));
}

/** An image of three versions, the second of them removed. */
async function threeVersions(store: ImageStore, name: string): Promise<void> {
  const chunks = await sampleChunks([1, 2, 3]);
  for (const { id, frame } of chunks) {
    await store.putChunk(id, frame);
    await store.commit(sampleImage(name, [id]));
  }
  await store.remove(name, 2);
}

async function commitTo(store: ImageStore, name: string, id: string): Promise<[string, number]> {
  const summary = await store.commit(sampleImage(name, [id]));
  return [summary.name, summary.version];
}

/** The part of the contract about names, labels and notes. */
export function contractOfNaming(storeTest: StoreTest): void {
  storeTest('a label stands for one version and can be moved and taken away', async ({ store }) => {
    await threeVersions(store, 'winxp');
    await store.setLabel('WINXP', 'approved', 1);
    await store.setLabel('winxp', 'next', 3);
    await store.setLabel('winxp', 'next', 3);
    assert.deepEqual(await versions(store), ['winxp@1 approved', 'winxp@3 next']);
    await store.setLabel('winxp', 'APPROVED', 3);
    assert.deepEqual(await versions(store), ['winxp@1', 'winxp@3 APPROVED next']);
    await store.removeLabel('winxp', 'Approved');
    await store.removeLabel('winxp', 'Approved');
    assert.deepEqual(await versions(store), ['winxp@1', 'winxp@3 next']);
    for (const label of ['', '3', '../x', 'a b']) {
      await assert.rejects(store.setLabel('winxp', label, 1), { code: 'image-label' });
    }
    await assert.rejects(store.setLabel('winxp', 'approved', 2), { code: 'image-missing' });
    await assert.rejects(store.removeLabel('debian', 'approved'), { code: 'image-missing' });
    await store.remove('winxp', 3);
    assert.deepEqual(await versions(store), ['winxp@1']);
  });

  storeTest('notes are replaced and signed; everything else stays', async ({ store, key }) => {
    await threeVersions(store, 'winxp');
    const before = await store.readIndex('winxp', 1);
    await store.setLabel('winxp', 'approved', 1);
    const changed = await store.setNotes('WinXP', 1, 'für Raum 12');
    assert.deepEqual([changed.name, changed.notes, changed.labels], ['winxp', 'für Raum 12', ['approved']]);
    assert.deepEqual((await store.list())[0], changed);
    const after = await store.readIndex('winxp', 1);
    verifyIndex(after.bytes, [publicKeyOf(key)]);
    assert.deepEqual(after.index, { ...before.index, notes: 'für Raum 12' });
    await assert.rejects(store.setNotes('winxp', 1, 'x'.repeat(65_001)), { code: 'image-notes' });
    await assert.rejects(store.setNotes('winxp', 2, ''), { code: 'image-missing' });
  });

  storeTest('a renamed image keeps its versions, numbers, labels and notes', async ({ store, key }) => {
    await threeVersions(store, 'winxp');
    await store.setLabel('winxp', 'approved', 3);
    await store.setNotes('winxp', 1, 'old');
    const before = await store.readIndex('winxp', 3);
    await store.rename('WinXP', 'windows-xp');
    assert.deepEqual(await versions(store), ['windows-xp@1', 'windows-xp@3 approved']);
    const after = await store.readIndex('windows-xp', 3);
    assert.deepEqual(after.index, { ...before.index, name: 'windows-xp' });
    verifyIndex(after.bytes, [publicKeyOf(key)]);
    await assert.rejects(store.readIndex('winxp'), { code: 'image-missing' });
    await store.collectGarbage({ olderThanMs: -60_000 });
    assert.deepEqual((await store.verify('windows-xp', 3)).missing, []);
    // A number is never given twice, under either name.
    const [again] = await sampleChunks(['again']);
    assert.ok(again);
    await store.putChunk(again.id, again.frame);
    assert.equal((await store.commit(sampleImage('winxp', [again.id]))).version, 4);
    assert.equal((await store.commit(sampleImage('windows-xp', [again.id]))).version, 4);
  });

  storeTest('a rename can be taken back', async ({ store }) => {
    await threeVersions(store, 'winxp');
    await store.rename('winxp', 'vista');
    await store.rename('vista', 'winxp');
    assert.deepEqual(await versions(store), ['winxp@1', 'winxp@3']);
  });

  storeTest(
    'a rename may change upper and lower case only, and back; no number is given twice',
    async (under) => {
      const { store } = under;
      await threeVersions(store, 'winxp');
      await store.setLabel('winxp', 'approved', 1);
      await store.rename('winxp', 'WinXP');
      assert.deepEqual(await versions(store), ['WinXP@1 approved', 'WinXP@3']);
      assert.equal((await store.readIndex('winxp', 1)).index.name, 'WinXP');
      await store.rename('WINXP', 'winxp');
      assert.deepEqual(await versions(store), ['winxp@1 approved', 'winxp@3']);
      await store.rename('winxp', 'WINXP');
      const [fourth] = await sampleChunks(['fourth']);
      assert.ok(fourth);
      await store.putChunk(fourth.id, fourth.frame);
      assert.deepEqual(await commitTo(store, 'winxp', fourth.id), ['WINXP', 4]);
      for (const version of [1, 3, 4]) await store.remove('winxp', version);
      assert.deepEqual(await commitTo(store, 'winxp', fourth.id), ['WINXP', 5]);
    },
  );

  storeTest('an image is found at every instant while its case is changed', async ({ store }) => {
    await threeVersions(store, 'winxp');
    let renamed = false;
    const readers = Array.from({ length: 4 }, async () => {
      while (!renamed) assert.equal((await store.readIndex('winxp', 3)).index.version, 3);
    });
    for (const name of ['WinXP', 'winxp', 'WINXP']) await store.rename('winxp', name);
    renamed = true;
    await Promise.all(readers);
  });

  storeTest('a rename that would hide or confuse an image is refused, and changes nothing', async (under) => {
    const { store, alterIndex } = under;
    await threeVersions(store, 'winxp');
    await threeVersions(store, 'debian');
    const before = await store.list();
    await assert.rejects(store.rename('winxp', 'Debian'), {
      code: 'image-exists',
      message: /debian already/,
    });
    await assert.rejects(store.rename('winxp', 'winxp'), { code: 'image-exists' });
    await assert.rejects(store.rename('vista', 'vista2'), { code: 'image-missing' });
    await assert.rejects(store.rename('winxp', '../x'), { code: 'image-name' });
    const pin = await store.pin('winxp', 1);
    await assert.rejects(store.rename('winxp', 'vista'), { code: 'image-held' });
    pin.release();
    for (const version of [1, 3]) await store.remove('debian', version);
    await assert.rejects(store.rename('winxp', 'debian'), {
      code: 'image-exists',
      message:
        'There was an image debian, whose removed versions 1, 3 had the numbers that those of winxp have.',
    });
    await alterIndex('winxp', 5, Buffer.from('no index'));
    await assert.rejects(store.rename('winxp', 'vista'), { code: 'index-damaged' });
    assert.deepEqual(
      await store.list(),
      before.filter(({ name }) => name === 'winxp'),
    );
  });
}

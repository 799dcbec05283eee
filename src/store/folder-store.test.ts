import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyOf } from '../image/index.ts';
import { storeContract } from './contract.ts';
import { FolderStore } from './folder-store.ts';
import { sampleChunk, sampleChunks, sampleImage } from './sample-image.ts';
import { loadSigningKey } from './signing-key-file.ts';
import { chunkPath, folderTest, newFolder } from './store-folder.fixture.ts';

storeContract('folder', async (signingKey, onProblem) => {
  const folder = await newFolder();
  const store = new FolderStore({ folder, signingKey, onProblem });
  await store.start();
  return {
    store,
    alterChunk: (id, bytes) => writeFile(chunkPath(folder, id), bytes),
    alterIndex: async (name, version, bytes) => {
      await mkdir(join(folder, 'images', name), { recursive: true });
      await writeFile(join(folder, 'images', name, `${version}.idx`), bytes);
    },
    close: async () => {
      await store.stop();
      await rm(folder, { recursive: true });
    },
  };
});

folderTest('a store opened again holds what it held', async ({ open }) => {
  const { id, frame } = await sampleChunk(1);
  const first = await open();
  await first.putChunk(id, frame);
  const summary = await first.commit(sampleImage('winxp', [id]));
  const second = await open();
  assert.deepEqual(await second.list(), [summary]);
  assert.equal(await second.recheck(id), 'good');
});

folderTest(
  'chunks are plain files that other servers can serve; a rotten one is kept for inspection until it is put again',
  async ({ folder, open }) => {
    const { id, frame } = await sampleChunk(1);
    let store = await open();
    await store.putChunk(id, frame);
    const path = chunkPath(folder, id);
    assert.ok((await readFile(path)).equals(frame));
    await writeFile(path, 'rotten');
    assert.equal(await store.recheck(id), 'damaged');
    const aside = join(folder, 'damaged', `${id}.zst`);
    assert.equal(await readFile(aside, 'utf8'), 'rotten');
    store = await open();
    assert.equal((await store.usage()).damaged.chunks, 1);
    await store.putChunk(id, frame);
    await assert.rejects(stat(aside), { code: 'ENOENT' });
    // A folder where the chunk had come back before, and what was set aside stayed.
    await writeFile(aside, 'rotten');
    assert.equal((await store.usage()).damaged.chunks, 0);
  },
);

folderTest('a folder is used by one store at a time, in this process or another', async (under) => {
  const { folder, options, open, close } = under;
  await open();
  const second = new FolderStore(options);
  const message = `Another Mimeo server is using the store in ${folder}.`;
  await assert.rejects(second.start(), { code: 'store-locked', message });
  await close();
  await second.start();
  await second.stop();

  const holder = join(import.meta.dirname, 'hold-store.fixture.ts');
  const child = spawn(process.execPath, [holder, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    await assert.rejects(open(), { code: 'store-locked' });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await open();
});

folderTest('a capture in batches is stored, and read while it is on its way', async ({ folder, open }) => {
  const store = await open();
  const chunks = await sampleChunks(Array.from({ length: 600 }, (_, i) => i));
  const capture = store.beginLocalCapture();
  await Promise.all(
    chunks.map(async ({ id, frame }) => {
      await capture.putChunkUnchecked(id, frame);
      assert.ok((await store.getChunk(id)).equals(frame));
    }),
  );
  const ids = chunks.map(({ id }) => id);
  assert.deepEqual(await capture.missing(ids), []);
  const incoming = await readdir(join(folder, 'incoming'));
  assert.ok(incoming.length <= 512, 'two batches are on their way at most');
  await capture.commit(sampleImage('winxp', ids));
  assert.deepEqual(await readdir(join(folder, 'incoming')), []);
  assert.deepEqual((await store.verify('winxp', 1)).missing, []);
});

folderTest('the signing key is made once, for its owner only', async ({ folder }) => {
  const path = join(folder, 'key.pem');
  const key = await loadSigningKey(path);
  assert.equal(publicKeyOf(await loadSigningKey(path)), publicKeyOf(key));
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await writeFile(path, 'no key');
  await assert.rejects(loadSigningKey(path), { code: 'index-untrusted' });
  await assert.rejects(loadSigningKey(folder), { code: 'store-failed', message: /its signing key/ });
});

import assert from 'node:assert/strict';
import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreFiles } from './files.ts';
import { nodeFiles } from './node-files.ts';
import { sampleChunk, sampleImage } from './sample-image.ts';
import { chunkPath, folderTest } from './store-folder.fixture.ts';

folderTest('leftovers of a crash are cleaned at the next start', async ({ folder, open, close }) => {
  let store = await open();
  const { id, frame } = await sampleChunk(1);
  await store.putChunk(id, frame);
  await store.commit(sampleImage('winxp', [id]));
  await close();
  const leftovers = [
    join(folder, 'incoming', `${id}.1234`),
    join(folder, 'incoming', 'anything'),
    join(folder, 'images', 'winxp', '.tmp-5678'),
    join(folder, '.tmp-9abc'),
  ];
  for (const path of leftovers) await writeFile(path, 'half');
  store = await open();
  for (const path of leftovers) await assert.rejects(stat(path), { code: 'ENOENT' });
  assert.equal(await store.recheck(id), 'good');
});

folderTest('what a killed server had taken in is there when the next one starts', async (under) => {
  const { folder, open, close } = under;
  await open();
  const [once, lost] = [await sampleChunk(1), await sampleChunk(2)];
  await close();
  // A power cut may leave one chunk twice, and a rotten disk an empty file where another was.
  for (const end of ['0123456789abcdef', 'fedcba9876543210']) {
    await writeFile(join(folder, 'incoming', `${once.id}.${end}`), once.frame);
  }
  await writeFile(chunkPath(folder, lost.id), '');
  await writeFile(join(folder, 'incoming', `${lost.id}.0123456789abcdef`), lost.frame);
  const store = await open();
  assert.deepEqual(await store.missing([once.id, lost.id]), []);
  assert.deepEqual(await readdir(join(folder, 'incoming')), []);
  for (const { id } of [once, lost]) assert.equal(await store.recheck(id), 'good');
});

folderTest(
  'a server starts also when the disk does not take what a killed one had taken in',
  async (under) => {
    const { folder, open, close } = under;
    await open();
    await close();
    const { id, frame } = await sampleChunk(1);
    await writeFile(join(folder, 'incoming', `${id}.0123456789abcdef`), frame);
    const full: StoreFiles = {
      ...nodeFiles,
      create: async (path) => {
        const file = await nodeFiles.create(path);
        const sync = async (): Promise<void> => {
          throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
        };
        return {
          write: (bytes) => file.write(bytes),
          size: () => file.size(),
          sync,
          close: () => file.close(),
        };
      },
    };
    const store = await open({ files: full });
    assert.deepEqual(await store.missing([id]), [id]);
    assert.deepEqual(await readdir(join(folder, 'incoming')), []);
  },
);

folderTest('a rename that a crash interrupted is finished at the next start', async (under) => {
  const { folder, open, close } = under;
  const store = await open();
  const { id, frame } = await sampleChunk(1);
  await store.putChunk(id, frame);
  for (const notes of ['one', 'two']) await store.commit(sampleImage('winxp', [id], notes));
  await close();
  await writeFile(join(folder, 'images', 'winxp', 'renaming'), 'vista');
  const next = await open();
  assert.deepEqual(
    (await next.list()).map(({ name, version, notes }) => [name, version, notes]),
    [
      ['vista', 1, 'one'],
      ['vista', 2, 'two'],
    ],
  );
});

folderTest('a folder of a later layout is left alone', async ({ folder, open }) => {
  await writeFile(join(folder, 'format'), 'mimeo store 2\n');
  await assert.rejects(open(), { code: 'store-failed', message: /mimeo store 2/ });
  assert.deepEqual((await readdir(folder)).sort(), ['format', 'lock']);
});

folderTest('what somebody else put among the images is no image and stops nothing', async (under) => {
  const { folder, open } = under;
  let store = await open();
  const { id, frame } = await sampleChunk(1);
  await store.putChunk(id, frame);
  const summary = await store.commit(sampleImage('winxp', [id]));
  await writeFile(join(folder, 'images', 'README'), 'which image is for which room');
  await mkdir(join(folder, 'images', 'empty'));
  await writeFile(join(folder, 'images', 'winxp', '99999999999999999999.idx'), '');
  store = await open();
  assert.deepEqual(await store.survey(), { images: [summary], damaged: [] });
  assert.equal((await store.commit(sampleImage('winxp', [id], 'next'))).version, 2);
  await rm(chunkPath(folder, id));
  await assert.rejects(store.commit(sampleImage('winxp', [id], 'lost')), { code: 'chunk-missing' });
  await store.putChunk(id, frame);
  await truncate(chunkPath(folder, id), 0);
  await assert.rejects(store.commit(sampleImage('winxp', [id], 'cut')), { code: 'chunk-missing' });
});

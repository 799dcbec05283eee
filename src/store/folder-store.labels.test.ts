import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MimeoError } from '../errors.ts';
import type { StoreFiles } from './files.ts';
import { nodeFiles } from './node-files.ts';
import { sampleChunk, sampleImage } from './sample-image.ts';
import { folderTest } from './store-folder.fixture.ts';

folderTest(
  'labels and summaries that are damaged or unreadable hide no image, and the labels are reported',
  async (under) => {
    const { folder, open, close } = under;
    const problems: MimeoError[] = [];
    const onProblem = (error: MimeoError): void => void problems.push(error);
    let store = await open({ onProblem });
    const { id, frame } = await sampleChunk(1);
    await store.putChunk(id, frame);
    const summary = await store.commit(sampleImage('winxp', [id]));
    await store.setLabel('winxp', 'approved', 1);
    assert.deepEqual(await store.list(), [{ ...summary, labels: ['approved'] }]);
    await close();

    const labels = join(folder, 'images', 'winxp', 'labels');
    await writeFile(labels, (await readFile(labels, 'utf8')).replace('1}', '2}'));
    await writeFile(join(folder, 'summaries'), 'no summaries');
    store = await open({ onProblem });
    assert.deepEqual(await store.list(), [summary]);
    assert.deepEqual(
      problems.splice(0).map(({ message }) => message),
      ['The labels of image winxp cannot be read.'],
    );
    await store.setLabel('winxp', 'approved', 1);
    assert.deepEqual(await store.list(), [{ ...summary, labels: ['approved'] }]);

    problems.length = 0;
    const badSector: StoreFiles = {
      ...nodeFiles,
      read: async (path) => {
        if (path === labels) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
        return nodeFiles.read(path);
      },
    };
    store = await open({ onProblem, files: badSector });
    assert.deepEqual(await store.list(), [summary]);
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message]),
      [['store-failed', 'The store could not read images/winxp/labels: EIO: i/o error.']],
    );
    await assert.rejects(store.setLabel('winxp', 'next', 1), { code: 'store-failed' });
    store = await open();
    assert.deepEqual(await store.list(), [{ ...summary, labels: ['approved'] }]);
  },
);

folderTest('a label may be any word, also one that JavaScript knows', async ({ open }) => {
  let store = await open();
  const { id, frame } = await sampleChunk(1);
  await store.putChunk(id, frame);
  await store.commit(sampleImage('__proto__', [id]));
  for (const label of ['constructor', 'toString']) await store.setLabel('__proto__', label, 1);
  store = await open();
  assert.deepEqual((await store.list())[0]?.labels, ['constructor', 'toString']);
});

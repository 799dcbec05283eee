import assert from 'node:assert/strict';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateSigningKey } from '../image/index.ts';
import { FolderStore } from './folder-store.ts';
import { sampleChunks, sampleImage } from './sample-image.ts';
import { chunkPath, newFolder } from './store-folder.fixture.ts';

test('what rots is taken from a copy of the folder: when it is read, called bad, or scrubbed', async (t) => {
  const root = await newFolder();
  t.after(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'store');
  const copy = join(root, 'copy');
  const rottenCopy = join(root, 'rotten-copy');
  const store = new FolderStore({
    folder,
    signingKey: generateSigningKey(),
    copies: [join(root, 'absent'), rottenCopy, copy],
  });
  await store.start();
  t.after(() => store.stop());
  const chunks = await sampleChunks(['gone', 'rotten', 'scrubbed', 'bad in the copy as well']);
  const [gone, rotten, scrubbed, hopeless] = chunks;
  assert.ok(gone && rotten && scrubbed && hopeless);
  for (const { id, frame } of chunks) await store.putChunk(id, frame);
  await store.commit(
    sampleImage(
      'winxp',
      chunks.map(({ id }) => id),
    ),
  );
  await cp(folder, copy, { recursive: true });
  await cp(folder, rottenCopy, { recursive: true });
  for (const { id } of chunks) await writeFile(chunkPath(rottenCopy, id), 'rotten as well');
  await rm(chunkPath(folder, gone.id));
  for (const { id } of [rotten, scrubbed, hopeless]) await writeFile(chunkPath(folder, id), 'rotten');
  await writeFile(chunkPath(copy, hopeless.id), 'rotten too');

  assert.deepEqual(await store.getChunk(gone.id), gone.frame);
  assert.equal(await store.recheck(rotten.id), 'healed');
  assert.equal(await store.recheck(rotten.id), 'good');
  assert.equal(await store.recheck(hopeless.id), 'damaged');
  const { healed, lost } = await store.scrub();
  assert.deepEqual([healed, lost], [[scrubbed.id], [hopeless.id]]);
  assert.deepEqual((await store.verify('winxp', 1)).missing, [hopeless.id]);
});

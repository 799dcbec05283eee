import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ChunkTree } from './chunk-tree.ts';
import { nodeFiles } from './node-files.ts';

/** A tree over files of which folders are synced when the test says so. */
function treeWith(syncFolder: (path: string) => Promise<void>): ChunkTree {
  return new ChunkTree({ ...nodeFiles, syncFolder }, '/chunks');
}

test('who syncs while another does waits for the folders that the other has in hand', async () => {
  const disk = Promise.withResolvers<void>();
  const order: string[] = [];
  const tree = treeWith(async (path) => {
    if (path === '/chunks/00') await disk.promise;
  });
  const first = tree.sync();
  const second = tree.sync().then(() => order.push('second'));
  // Longer than the other 255 folders take.
  for (let turn = 0; turn < 300; turn++) await setImmediate();
  order.push('disk');
  disk.resolve();
  await Promise.all([first, second]);
  assert.deepEqual(order, ['disk', 'second']);
});

test('a folder that could not be synced is synced by the next call; the first one ends with nothing under way', async () => {
  const refused = new Set(['/chunks/07']);
  const synced: string[] = [];
  let under = 0;
  const tree = treeWith(async (path) => {
    under++;
    await setImmediate();
    under--;
    if (refused.delete(path)) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    synced.push(path);
  });
  await assert.rejects(tree.sync(), { code: 'store-failed' });
  assert.equal(under, 0);
  await tree.sync();
  assert.equal(new Set(synced).size, 256);
  assert.ok(synced.includes('/chunks/07'));
  const before = synced.length;
  await tree.sync();
  assert.equal(synced.length, before);
});

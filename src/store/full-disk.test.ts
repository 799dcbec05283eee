import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateSigningKey } from '../image/index.ts';
import type { StoreFiles } from './files.ts';
import { FolderStore } from './folder-store.ts';
import { nodeFiles } from './node-files.ts';
import { sampleChunk, sampleImage } from './sample-image.ts';

const OLD = { olderThanMs: -60_000 };

/** How many more files a disk has room for. */
interface Room {
  files: number;
}

/** The real filesystem; without room for a new file there is none for a longer folder either. It renames within one. */
function filesWith(room: Room): StoreFiles {
  const check = (): void => {
    if (room.files <= 0)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  return {
    ...nodeFiles,
    create: async (path) => {
      check();
      room.files--;
      return nodeFiles.create(path);
    },
    renameNow: (from, to) => {
      check();
      return nodeFiles.renameNow(from, to);
    },
  };
}

async function storeOn(t: TestContext, room: Room): Promise<FolderStore> {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-no-room-'));
  const store = new FolderStore({ folder, signingKey: generateSigningKey(), files: filesWith(room) });
  t.after(async () => {
    room.files = Number.POSITIVE_INFINITY;
    await store.stop();
    await rm(folder, { recursive: true });
  });
  await store.start();
  return store;
}

async function stored(store: FolderStore, word: string): Promise<string> {
  const { id, frame } = await sampleChunk(word);
  await store.putChunk(id, frame);
  return id;
}

async function listed(store: FolderStore): Promise<string[]> {
  return (await store.list()).map(({ name, version }) => `${name}@${version}`);
}

test('on a disk without any room an image can go, and what it leaves', async (t) => {
  const room = { files: Number.POSITIVE_INFINITY };
  const store = await storeOn(t, room);
  const [kept, old] = [await stored(store, 'kept'), await stored(store, 'old')];
  await store.commit(sampleImage('xp', [kept, old]));
  await store.commit(sampleImage('xp', [kept]));

  room.files = 0;
  await store.remove('xp', 1);
  assert.deepEqual(await listed(store), ['xp@2']);
  await assert.rejects(store.collectGarbage(OLD), {
    code: 'store-full',
    message:
      '0 chunks were deleted, but 1 that no image uses could not be put in quarantine: the disk is full.',
    next: 'Run `mimeo store gc --now`, which deletes them at once.',
  });
  const { chunks, waiting } = await store.collectGarbage({ ...OLD, atOnce: true });
  assert.deepEqual([chunks, waiting.chunks], [1, 0]);

  room.files = Number.POSITIVE_INFINITY;
  await store.remove('xp', 2);
  await stored(store, 'kept');
  assert.equal((await store.commit(sampleImage('xp', [kept]))).version, 3, 'no number is given twice');
});

test('a rename for which the disk has no room is taken back, and can be made later', async (t) => {
  const room = { files: Number.POSITIVE_INFINITY };
  const store = await storeOn(t, room);
  const id = await stored(store, 'one');
  for (const notes of ['1', '2', '3']) await store.commit({ ...sampleImage('xp', [id]), notes });
  await store.commit(sampleImage('other', [id]));

  // For the note of what is to be done, and two of the three.
  room.files = 3;
  await assert.rejects(store.rename('xp', 'windows'), { code: 'store-full' });
  assert.deepEqual(await listed(store), ['other@1', 'xp@1', 'xp@2', 'xp@3']);
  await store.remove('other', 1);

  // For all of them, and none for the marks of the old ones.
  room.files = 4;
  await store.rename('xp', 'windows');
  assert.deepEqual(await listed(store), ['windows@1', 'windows@2', 'windows@3']);
  room.files = Number.POSITIVE_INFINITY;
  assert.equal((await store.commit(sampleImage('xp', [id]))).version, 4, 'no number is given twice');
  await store.remove('xp', 4);
  await store.rename('windows', 'xp');
  assert.deepEqual(await listed(store), ['xp@1', 'xp@2', 'xp@3']);
});

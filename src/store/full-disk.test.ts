import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateSigningKey } from '../image/index.ts';
import type { StoreFiles } from './files.ts';
import { FolderStore } from './folder-store.ts';
import { nodeFiles } from './node-files.ts';
import { sampleChunk, sampleImage } from './sample-image.ts';

const OLD = { olderThanMs: -60_000 };

/** The real filesystem, with no room for a new file or a longer folder while `full()`: what it has it can rename. */
function filesOf(full: () => boolean): StoreFiles {
  const check = (): void => {
    if (full()) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  return {
    ...nodeFiles,
    create: async (path) => {
      check();
      return nodeFiles.create(path);
    },
    renameNow: (from, to) => {
      check();
      return nodeFiles.renameNow(from, to);
    },
  };
}

test('on a disk without any room an image can go, and what it leaves', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mimeo-no-room-'));
  let full = false;
  const signingKey = generateSigningKey();
  const store = new FolderStore({ folder, signingKey, files: filesOf(() => full) });
  try {
    await store.start();
    const [kept, old] = await Promise.all(['kept', 'old'].map((word) => sampleChunk(word)));
    assert.ok(kept && old);
    for (const { id, frame } of [kept, old]) await store.putChunk(id, frame);
    await store.commit(sampleImage('xp', [kept.id, old.id]));
    await store.commit(sampleImage('xp', [kept.id]));

    full = true;
    await store.remove('xp', 1);
    assert.deepEqual(
      (await store.list()).map(({ version }) => version),
      [2],
    );
    await assert.rejects(store.collectGarbage(OLD), {
      code: 'store-full',
      message:
        '0 chunks were deleted, but 1 that no image uses could not be put in quarantine: the disk is full.',
      next: 'Run `mimeo store gc --now`, which deletes them at once.',
    });
    const { chunks, waiting } = await store.collectGarbage({ ...OLD, atOnce: true });
    assert.deepEqual([chunks, waiting.chunks], [1, 0]);

    full = false;
    await store.remove('xp', 2);
    await store.putChunk(kept.id, kept.frame);
    assert.equal((await store.commit(sampleImage('xp', [kept.id]))).version, 3, 'no number is given twice');
    await store.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { run } from '../command.ts';
import { CHUNK_BYTES, chunkIdOf, generateSigningKey } from '../image/index.ts';
import { checkWhole } from './contract-interleavings.ts';
import { FolderStore } from './folder-store.ts';
import { type SampleChunk, sampleChunk, sampleImage } from './sample-image.ts';

const MIB = 1_048_576;

/** A whole chunk that does not compress. */
function bigChunk(): SampleChunk {
  const raw = randomBytes(CHUNK_BYTES);
  return { id: chunkIdOf(raw), raw, frame: zstdCompressSync(raw) };
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Takes every free byte and every free inode. */
async function fill(folder: string): Promise<void> {
  await mkdir(folder);
  await assert.rejects(writeFile(join(folder, 'bytes'), Buffer.alloc(12 * MIB)), { code: 'ENOSPC' });
  const files = async (): Promise<void> => {
    for (let i = 0; ; i++) await writeFile(join(folder, `${i}`), '');
  };
  await assert.rejects(files(), { code: 'ENOSPC' });
}

test('a full disk: a clear error, nothing committed, the space given back', async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip('mounting a small filesystem needs root');
    return;
  }
  const mount = await mkdtemp(join(tmpdir(), 'mimeo-full-'));
  await run(['mount', '-t', 'tmpfs', '-o', 'size=12m,nr_inodes=600', 'tmpfs', mount]);
  try {
    const folder = join(mount, 'store');
    const store = new FolderStore({ folder, signingKey: generateSigningKey() });
    await store.start();
    const kept = await sampleChunk('kept');
    await store.putChunk(kept.id, kept.frame);
    await store.commit(sampleImage('kept', [kept.id]));
    const before = await freeBytes(folder);

    const capture = store.beginCapture();
    const chunks = Array.from({ length: 16 }, bigChunk);
    const puts = await Promise.allSettled(chunks.map(({ id, frame }) => capture.putChunk(id, frame)));
    const refused = puts.filter((put) => put.status === 'rejected').map(({ reason }) => reason);
    assert.ok(refused.length >= 4 && refused.length < 16, `${refused.length} of 16 refused`);
    for (const error of refused) {
      assert.equal(error.code, 'store-full');
      assert.match(error.message, /^The store could not write chunk [0-9a-f]{64}: the disk is full\.$/);
    }
    assert.deepEqual(
      (await readdir(folder, { recursive: true })).filter((path) => path.includes('.tmp-')),
      [],
    );
    const index = sampleImage(
      'big',
      chunks.map(({ id }) => id),
      '',
      CHUNK_BYTES,
    );
    await assert.rejects(capture.commit(index), { code: 'chunk-missing' });

    assert.equal((await capture.abandon()).chunks, 16 - refused.length);
    assert.ok((await freeBytes(folder)) >= before - 64 * 1024, 'the space is given back');
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['kept'],
    );

    // Chunks that fit, and then no room for the index itself.
    const small = store.beginCapture();
    const last = await sampleChunk('last');
    await small.putChunk(last.id, last.frame);
    await fill(join(mount, 'ballast'));
    await assert.rejects(small.commit(sampleImage('last', [last.id])), { code: 'store-full' });
    assert.deepEqual(
      (await store.list()).map(({ name }) => name),
      ['kept'],
    );
    await store.stop();

    // A server must start on a full disk, or nobody could delete anything.
    const again = new FolderStore({ folder, signingKey: generateSigningKey() });
    await again.start();
    await again.stop();
    await rm(join(mount, 'ballast'), { recursive: true });
    await store.start();
    assert.equal((await small.commit(sampleImage('last', [last.id]))).version, 1);
    assert.equal((await checkWhole(store)).size, 2);
    await store.stop();
  } finally {
    // Lazily: after a failure a store may still hold its lock file open.
    await run(['umount', '--lazy', mount]);
    await rmdir(mount);
  }
});

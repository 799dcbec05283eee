import assert from 'node:assert/strict';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { MimeoError } from '../../../src/errors.ts';
import { generateSigningKey } from '../../../src/image/index.ts';
import { FolderStore, nodeFiles } from '../../../src/store/index.ts';
import { labNeeds } from '../../needs.ts';
import { ANY_AGE, knownOf } from './life.ts';
import { LoopDisk, type LoopFilesystem } from './loop-disk.ts';
import { noiseChunk, sampleImage } from './samples.ts';
import { checkWhole } from './whole.ts';

const SIZE_MIB: Readonly<Record<LoopFilesystem, number>> = { ext4: 64, xfs: 300, btrfs: 128 };
const CHUNK_BYTES = 60_000;
const MIB = 1_048_576;
const FULL = { code: 'store-full' };

/** As an import does it, one chunk after the other. */
async function stream(store: FolderStore, name: string, from: number, count: number): Promise<void> {
  const session = store.beginLocalCapture();
  try {
    const chunks = Array.from({ length: count }, (_, i) => noiseChunk(from + i, CHUNK_BYTES));
    for (const { id, frame } of chunks) {
      const [wanted] = await session.missing([id]);
      if (wanted !== undefined) await session.putChunkUnchecked(id, frame);
    }
    const ids = chunks.map(({ id }) => id);
    await session.commit(sampleImage(name, ids));
  } finally {
    await session.abandon();
  }
}

async function untilFull(write: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) await write();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}

/** Takes every free byte, and what the filesystem frees or finds when it writes all that out. */
async function fill(folder: string): Promise<void> {
  await mkdir(folder);
  for (let pass = 0; pass < 3; pass++) {
    await untilFull(async () => {
      const file = await open(join(folder, `bytes-${pass}`), 'a');
      try {
        for (let size = MIB; size >= 1; size /= 2) await untilFull(() => file.write(Buffer.alloc(size)));
      } finally {
        await file.close();
      }
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    await run(['sync', '-f', folder]);
  }
}

/** Takes every free name. */
async function fillNames(folder: string): Promise<void> {
  let number = 0;
  await untilFull(() => writeFile(join(folder, `${'name'.repeat(40)}-${number++}`), ''));
}

for (const filesystem of ['ext4', 'xfs', 'btrfs'] as const) {
  const skip = labNeeds(`mkfs.${filesystem}`, 'losetup');
  test(`a store on ${filesystem} without a free byte can be emptied and goes on`, { skip }, async () => {
    const disk = await LoopDisk.make(filesystem, SIZE_MIB[filesystem]);
    try {
      const folder = join(disk.folder, 'store');
      const signingKey = generateSigningKey();
      const store = new FolderStore({ folder, signingKey });
      await store.start();
      await stream(store, 'xp', 0, 20);
      await stream(store, 'xp', 10, 20);
      await stream(store, 'debian', 100, 200);
      await store.setLabel('xp', 'approved', 1);
      const before = await knownOf(store);
      await store.stop();

      const ballast = join(disk.folder, 'ballast');
      await fill(ballast);
      // On btrfs names take the room that only removing one could give.
      if (filesystem !== 'btrfs') await fillNames(ballast);
      await store.start();
      const { id, frame } = noiseChunk(999, CHUNK_BYTES);
      await assert.rejects(store.putChunk(id, frame), FULL);
      await assert.rejects(stream(store, 'new', 1000, 30), FULL);
      await assert.rejects(store.setNotes('xp', 1, 'for room 12'), FULL);
      await assert.rejects(store.setLabel('xp', 'best', 2), FULL);
      await assert.rejects(store.rename('xp', 'windows-xp'), FULL);
      assert.deepEqual(await knownOf(store), before);

      // Nothing is garbage yet: an image has to go before there is any.
      await store.remove('debian', 1);
      await collectAll(store);
      await stream(store, 'new', 1000, 30);
      await stream(store, 'debian', 100, 2);
      await store.rename('xp', 'windows-xp');
      await store.stop();
      await rm(ballast, { recursive: true });
      await checkWhole(nodeFiles, folder, signingKey, (known) =>
        assert.deepEqual(Object.keys(known), ['debian@2', 'new@1', 'windows-xp@1', 'windows-xp@2']),
      );
    } finally {
      await disk.remove();
    }
  });
}

/** Quarantine may need room for names; then it says how to do without, and that way needs none. */
async function collectAll(store: FolderStore): Promise<void> {
  try {
    const { quarantined } = await store.collectGarbage(ANY_AGE);
    assert.equal(quarantined.chunks, 200);
  } catch (error) {
    assert.ok(error instanceof MimeoError && error.code === 'store-full', String(error));
    assert.match(error.message, /could not be put in quarantine: the disk is full/);
    assert.match(error.next, /mimeo store gc --now/);
  }
  const { chunks, waiting } = await store.collectGarbage({ olderThanMs: 0, atOnce: true });
  assert.deepEqual([chunks > 0, waiting.chunks], [true, 0]);
}

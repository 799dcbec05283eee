import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateSigningKey } from '../../../src/image/index.ts';
import { FolderStore } from '../../../src/store/index.ts';
import { labNeeds } from '../../needs.ts';
import { LoopDisk } from './loop-disk.ts';
import { noiseChunk, type SampleChunk, sampleImage } from './samples.ts';

const skip = labNeeds('mkfs.btrfs', 'btrfs', 'losetup');
const CHUNK_BYTES = 60_000;

/** Changes a byte of a chunk on the disk below the filesystem, whose checksum then makes read(2) fail. */
async function spoil(disk: LoopDisk, { frame }: SampleChunk): Promise<void> {
  const at = (await readFile(disk.image)).indexOf(frame.subarray(0, 4096));
  assert.ok(at >= 0, 'the chunk is on the disk');
  const image = await open(disk.image, 'r+');
  await image.write(Buffer.of((frame[100] ?? 0) ^ 0xff), 0, 1, at + 100);
  await image.close();
}

test('a chunk that the disk cannot read any more is found, told of, and healed', { skip }, async () => {
  const disk = await LoopDisk.make('btrfs', 128);
  try {
    const folder = join(disk.folder, 'store');
    const signingKey = generateSigningKey();
    const chunks = Array.from({ length: 20 }, (_, i) => noiseChunk(i, CHUNK_BYTES));
    const ids = chunks.map(({ id }) => id);
    const store = new FolderStore({ folder, signingKey });
    await store.start();
    for (const { id, frame } of chunks) await store.putChunk(id, frame);
    await store.commit(sampleImage('xp', ids));
    await store.stop();
    const [, , , bad, , worse] = chunks;
    assert.ok(bad && worse);
    await disk.remount(async () => {
      for (const chunk of [bad, worse]) await spoil(disk, chunk);
    });

    await store.start();
    await assert.rejects(readFile(join(folder, 'chunks', bad.id.slice(0, 2), `${bad.id}.zst`)), {
      code: 'EIO',
    });
    const found = await store.verify('xp', 1);
    assert.deepEqual(found.damaged.toSorted(), [bad.id, worse.id].toSorted());
    const scrubbed = await store.scrub();
    assert.deepEqual(scrubbed.lost.toSorted(), [bad.id, worse.id].toSorted());
    // A capture of the same content brings it back, and so does another holder.
    await store.putChunk(bad.id, bad.frame);
    const healed = await store.scrub({ heal: async (id) => (id === worse.id ? worse.frame : null) });
    assert.deepEqual([healed.healed, healed.lost], [[worse.id], []]);
    assert.deepEqual((await store.verify('xp', 1)).damaged, []);
    await store.stop();
  } finally {
    await disk.remove();
  }
});

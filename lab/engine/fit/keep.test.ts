import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../../src/command.ts';
import { readLayout } from '../../../src/disk/index.ts';
import { labNeeds } from '../../needs.ts';
import { asDisk, deployOnce } from './agent-host.ts';
import { captureInto, type ImagesStore, imagesIn } from './image-store.ts';
import { filesOf, hashOf, labDisk, MIB, scratch, tableOf } from './lab-disk.ts';

const BASIC = 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7';
const DATA_ID = 'AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB';
const TARGET_MIB = 300;
const needs = labNeeds('sfdisk', 'sgdisk', 'mkntfs', 'ntfs-3g', 'mke2fs', 'blkid');

interface Lab {
  readonly folder: string;
  readonly images: ImagesStore;
  readonly master: string;
}

async function labOf(t: TestContext): Promise<Lab> {
  const folder = await scratch(t);
  const master = await labDisk(join(folder, 'master'), 120, 'gpt', [
    { start: 1, size: 100, type: BASIC, make: 'ntfs', label: 'Windows', files: 30 },
  ]);
  const images = imagesIn(folder);
  await captureInto(images, 'win', [master]);
  return { folder, images, master };
}

/** A host's disk with an old system, and the data of a school year behind it. */
async function hostDisk(folder: string, name: string): Promise<string> {
  return labDisk(join(folder, name), TARGET_MIB, 'gpt', [
    { start: 1, size: 90, type: BASIC, make: 'ntfs', label: 'Old', files: 3 },
    {
      start: 180,
      size: 100,
      type: 'L',
      fields: `uuid=${DATA_ID}, name=Schuldaten`,
      make: 'ext4',
      label: 'DATA',
      files: 30,
    },
  ]);
}

/** The kept partition: its row of the table, its bytes. */
async function dataOf(disk: string) {
  const row = (await tableOf(disk)).find(({ uuid }) => uuid === DATA_ID);
  return { row, hash: await hashOf(disk, 180 * MIB, 100 * MIB) };
}

async function assertDeployed(disk: string, master: string): Promise<void> {
  assert.match((await run(['sgdisk', '--verify', disk])).stdout.toString(), /No problems found/);
  const [[was], [is]] = [await tableOf(master), await tableOf(disk)];
  assert.ok(was && is);
  assert.deepEqual([is.startByte, is.lengthBytes], [MIB, 179 * MIB], 'grown up to what is kept');
  assert.deepEqual(await filesOf(disk, is, 'ntfs'), await filesOf(master, was, 'ntfs'));
}

for (const wish of ['data', '2']) {
  test(`what is kept as "${wish}" is the same to the byte, with its number and id`, {
    skip: needs,
  }, async (t) => {
    const { folder, images, master } = await labOf(t);
    const disk = await hostDisk(folder, 'host');
    const before = await dataOf(disk);
    assert.ok(before.row);
    const disks = [asDisk(disk, TARGET_MIB * MIB)];
    const { end, log } = await deployOnce({ images, image: 'win', disks, keep: [wish] });
    assert.equal(end?.kind, 'finished', log.join('\n'));
    assert.ok(log.includes('partition 2 (DATA) of this disk is kept, 105 MB'), log.join('\n'));
    assert.deepEqual(await dataOf(disk), before);
    await assertDeployed(disk, master);
  });
}

test('the partition of the image that is the same one is not written over it', { skip: needs }, async (t) => {
  const { folder, images } = await labOf(t);
  const both = await labDisk(join(folder, 'both'), 200, 'gpt', [
    { start: 1, size: 100, type: BASIC, make: 'ntfs', label: 'Windows', files: 4 },
    { start: 101, size: 60, type: 'L', make: 'ext4', label: 'DATA', files: 10 },
  ]);
  await captureInto(images, 'both', [both]);
  const disk = await hostDisk(folder, 'host');
  const before = await dataOf(disk);
  const disks = [asDisk(disk, TARGET_MIB * MIB)];
  const { end, log } = await deployOnce({ images, image: 'both', disks, keep: ['DATA'] });
  assert.equal(end?.kind, 'finished', log.join('\n'));
  assert.ok(log.includes('partition 2 (DATA, ext) of the image is not written'), log.join('\n'));
  assert.deepEqual(await dataOf(disk), before);
  await assertDeployed(disk, both);
});

test('the power cut at any chunk: the disk has no table, and what is kept is found again by the saved one', {
  skip: needs,
}, async (t) => {
  const { folder, images, master } = await labOf(t);
  const disk = await hostDisk(folder, 'host');
  const disks = [asDisk(disk, TARGET_MIB * MIB)];
  const before = await dataOf(disk);
  const common = { images, image: 'win', disks, keep: ['DATA'] };
  for (const cutAfter of [9, 2, 14]) {
    const { end } = await deployOnce({ ...common, cutAfter });
    assert.equal(end, undefined, 'it was cut short');
    await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
    assert.equal((await dataHash(disk)).hash, before.hash, `kept when cut at chunk ${cutAfter}`);
  }
  // A new task, as when the technician orders it anew, finds the table that the old task saved.
  const { end, log } = await deployOnce({ ...common, taskId: 't-2' });
  assert.equal(end?.kind, 'finished', log.join('\n'));
  assert.deepEqual(await dataOf(disk), before);
  await assertDeployed(disk, master);
});

test('without the saved table, or without the files, keeping is refused untouched', {
  skip: needs,
}, async (t) => {
  const { folder, images } = await labOf(t);
  const disk = await hostDisk(folder, 'host');
  const disks = [asDisk(disk, TARGET_MIB * MIB)];
  const common = { images, image: 'win', disks, keep: ['DATA'] };
  await deployOnce({ ...common, cutAfter: 9 });
  await assert.rejects(readLayout(disk), { code: 'table-unreadable' });
  const elsewhere = { ...images, tables: join(folder, 'other-server') };
  const lost = await deployOnce({ ...common, images: elsewhere });
  assert.equal(lost.end?.kind === 'failed' && lost.end.failure.code, 'keep-missing');
  assert.equal(lost.chunksSent, 0);

  const file = await open(disk, 'r+');
  await file.write(Buffer.alloc(4 * MIB), 0, 4 * MIB, 180 * MIB);
  await file.close();
  const overwritten = await deployOnce({ ...common, keep: ['2'] });
  assert.equal(overwritten.end?.kind === 'failed' && overwritten.end.failure.code, 'keep-missing');
  assert.equal(overwritten.chunksSent, 0);
});

function dataHash(disk: string): Promise<{ hash: string }> {
  return hashOf(disk, 180 * MIB, 100 * MIB).then((hash) => ({ hash }));
}

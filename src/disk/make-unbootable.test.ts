import assert from 'node:assert/strict';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../command.ts';
import { readDiskLayout, readLayout } from './layout.ts';
import { makeUnbootable, readSavedTable } from './make-unbootable.ts';
import { openDisk, readAt, writeAt } from './open-disk.ts';
import { decodeSavedTable, encodeSavedTable } from './saved-table.ts';
import { loopDisk } from './test-support/loop-disk.ts';
import { blankFile, MIB, patch, scratch } from './test-support/volumes.ts';
import { withLoop } from './with-loop.ts';

const tables = {
  mbr: 'label: dos\nstart=63, size=8192, type=7, bootable\n',
  gpt: 'label: gpt\nsize=16M, type=U\ntype=L\n',
};

for (const [kind, script] of Object.entries(tables)) {
  test(`an ${kind} disk is made unbootable, its data stays, and what is kept makes it what it was`, async (t) => {
    const folder = await scratch(t);
    const path = await blankFile(join(folder, 'disk'), 64 * MIB);
    await patch(path, 0, Buffer.alloc(MIB, 0xc3));
    await run(['sfdisk', '--quiet', '--wipe', 'never', path], { input: script });
    const first = (await readLayout(path)).partitions[0]?.startByte ?? 0;
    await patch(path, first, Buffer.alloc(4096, 0xdd));
    await copyFile(path, `${path}.before`);
    const device = await loopDisk(t, path);
    {
      await using disk = await openDisk(device, 'write');
      const saved = (await readSavedTable(disk)) ?? assert.fail('nothing saved');
      const kept = decodeSavedTable(encodeSavedTable(saved));
      await makeUnbootable(disk, saved);
      await assert.rejects(readLayout(device), { code: 'table-unreadable' });
      const wiped = await readFile(path);
      assert.ok(wiped.subarray(0, first).every((byte) => byte === 0));
      assert.ok(wiped.subarray(first, first + 4096).every((byte) => byte === 0xdd));
      assert.equal(wiped.includes('EFI PART'), false);
      assert.equal(await readSavedTable(disk), null, 'a second run finds nothing to save');
      for (const { offset, bytes } of kept.pieces) await writeAt(disk, offset, bytes);
    }
    assert.ok((await readFile(path)).equals(await readFile(`${path}.before`)));
  });
}

test('a disk whose GPT is left in its backup alone is still found bootable', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 64 * MIB);
  await run(['sfdisk', '--quiet', path], { input: tables.gpt });
  await patch(path, 0, Buffer.alloc(MIB));
  await using disk = await openDisk(path, 'write');
  const saved = await readSavedTable(disk);
  assert.equal(saved?.pieces.length, 2);
  await makeUnbootable(disk, saved);
  assert.equal((await readFile(path)).includes('EFI PART'), false);
});

for (const sectorBytes of [512, 4096]) {
  test(`a partition that ends where the GPT's copy begins is left alone, sectors of ${sectorBytes}`, async (t) => {
    const path = await blankFile(join(await scratch(t), 'disk'), 64 * MIB);
    const device = await loopDisk(t, path, sectorBytes);
    const last = (64 * MIB - 16_384) / sectorBytes - 2;
    const first = MIB / sectorBytes;
    await run(['sfdisk', '--quiet', device], {
      input: `label: gpt\nstart=${first}, size=${last - first + 1}, type=L\n`,
    });
    await using disk = await openDisk(device, 'write');
    const [partition] = (await readDiskLayout(disk)).partitions;
    assert.equal(partition && partition.startByte + partition.lengthBytes, (last + 1) * sectorBytes);
    await writeAt(disk, last * sectorBytes, Buffer.alloc(sectorBytes, 0xdd));
    await makeUnbootable(disk, await readSavedTable(disk));
    const end = await readAt(disk, last * sectorBytes, sectorBytes);
    assert.ok(end.equals(Buffer.alloc(sectorBytes, 0xdd)), 'its last sector');
    assert.equal(await readSavedTable(disk), null);
  });
}

test('data of an interrupted deploy that starts early on the disk is not wiped again', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 64 * MIB);
  await patch(path, 512, Buffer.alloc(MIB, 0x55));
  await using disk = await openDisk(path, 'write');
  assert.equal(await readSavedTable(disk), null);
});

test('a disk without a table loses its whole first MiB', async (t) => {
  const path = await blankFile(join(await scratch(t), 'disk'), 64 * MIB);
  await patch(path, 0, Buffer.alloc(2 * MIB, 0x55));
  await using disk = await openDisk(path, 'write');
  await makeUnbootable(disk, await readSavedTable(disk));
  const bytes = await readFile(path);
  assert.ok(bytes.subarray(0, MIB).every((byte) => byte === 0));
  assert.ok(bytes.subarray(MIB, 2 * MIB).every((byte) => byte === 0x55));
});

test('a disk that is in use is not opened for writing', async (t) => {
  const folder = await scratch(t);
  const path = await blankFile(join(folder, 'disk'), 64 * MIB);
  const device = await loopDisk(t, path);
  await using first = await openDisk(device, 'write');
  assert.equal(first.sizeBytes, 64 * MIB);
  await assert.rejects(openDisk(device, 'write'), { code: 'disk-busy' });
  await using second = await openDisk(device, 'read');
  assert.equal(second.isBlockDevice, true);
});

test('a disk of which a loop device shows a part is not opened for writing', async (t) => {
  const device = await loopDisk(t, await blankFile(join(await scratch(t), 'disk'), 64 * MIB));
  await withLoop({ disk: device, startByte: MIB, lengthBytes: MIB, readOnly: true }, async (loop) => {
    const message = new RegExp(`${loop} shows a part of it`);
    await assert.rejects(openDisk(device, 'write'), { code: 'disk-busy', message });
  });
  await using disk = await openDisk(device, 'write');
  assert.equal(disk.isBlockDevice, true);
});

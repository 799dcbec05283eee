import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readDiskIdentity } from './disk-identity.ts';
import { scratch } from './test-support/volumes.ts';

test('the serial number is found where each kind of disk has it', async (t) => {
  const root = await scratch(t);
  const write = async (path: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  };
  // Page 80 of a SATA disk as the kernel shows it, right-aligned as disks do.
  await write('block/sda/device/vpd_pg80', Buffer.from('\0\x80\0\x14     WD-WCC6Y7KPXXXX', 'latin1'));
  await write('block/sda/device/model', 'WDC WD10EZEX-08W\n');
  await write('block/nvme0n1/device/serial', 'S4GENX0R123456      \n');
  await write('block/nvme0n1/device/model', 'SAMSUNG MZVLB256\n');
  await write('block/vda/serial', 'lab-disk-1');
  await write('block/mmcblk0/device/serial', '0x1a2b3c4d\n');
  await write('block/mmcblk0/device/name', 'DF4064\n');
  await write('block/sdb/device/vpd_pg80', Buffer.from([0, 0x83, 0, 4, 65, 66, 67, 68]));
  const found: Record<string, [string, string]> = {};
  for (const name of ['sda', 'nvme0n1', 'vda', 'mmcblk0', 'sdb', 'sdc']) {
    const { model, serial } = await readDiskIdentity(name, root);
    found[name] = [model, serial];
  }
  assert.deepEqual(found, {
    sda: ['WDC WD10EZEX-08W', 'WD-WCC6Y7KPXXXX'],
    nvme0n1: ['SAMSUNG MZVLB256', 'S4GENX0R123456'],
    vda: ['', 'lab-disk-1'],
    mmcblk0: ['DF4064', '0x1a2b3c4d'],
    sdb: ['', ''],
    sdc: ['', ''],
  });
});

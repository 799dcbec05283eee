import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../command.ts';
import type { DiskLayout } from '../image/index.ts';
import { fixBootSectors } from './fix-boot-sectors.ts';
import { hasTools } from './test-support/has-tools.ts';
import { blankFile, MIB, scratch, viewOf } from './test-support/volumes.ts';

for (const [bits, hidden, fixed] of [
  [32, 63, [1]],
  [32, 0, []],
  [32, 4096, []],
  [16, 63, [1]],
] as const) {
  test(`FAT${bits} that states ${hidden} hidden sectors, at sector 4096`, hasTools('mkfs.fat'), async (t) => {
    const folder = await scratch(t);
    const disk = await blankFile(join(folder, 'disk'), 48 * MIB);
    const volume = await blankFile(join(folder, 'volume'), 40 * MIB);
    await run(['mkfs.fat', '-F', String(bits), '-s', bits === 16 ? '4' : '1', '-h', String(hidden), volume]);
    const file = await open(disk, 'r+');
    await file.write(await readFile(volume), 0, null, 2 * MIB);
    await file.close();
    const view = viewOf(disk, 40 * MIB, 2 * MIB);
    const layout: DiskLayout = {
      table: 'mbr',
      diskBytes: 48 * MIB,
      sectorBytes: 512,
      diskId: '0000ABCD',
      bootCode: Buffer.alloc(440),
      partitions: [view.partition],
    };
    assert.deepEqual(await fixBootSectors(disk, layout), [...fixed]);
    assert.deepEqual(await fixBootSectors(disk, layout), [], 'what is right is not written');
    const bytes = await readFile(disk);
    const expected = fixed.length > 0 ? 4096 : hidden;
    assert.equal(bytes.readUInt32LE(2 * MIB + 0x1c), expected);
    if (bits === 32) assert.equal(bytes.readUInt32LE(2 * MIB + 6 * 512 + 0x1c), expected, 'the copy');
    const mended = await open(volume, 'r+');
    await mended.write(bytes.subarray(2 * MIB, 42 * MIB), 0, null, 0);
    await mended.close();
    await run(['fsck.fat', '-n', volume]);
  });
}

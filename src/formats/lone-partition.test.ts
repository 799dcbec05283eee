import assert from 'node:assert/strict';
import { open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDisk, readLayout, refuseUnwritable, writeLayout } from '../disk/index.ts';
import { bootAreaOf, readBootArea } from './boot-area.ts';
import { loneDisk } from './lone-partition.ts';

for (const table of ['mbr', 'gpt'] as const) {
  test(`a lone partition gets a ${table.toUpperCase()} disk that reads back from a real file`, async (t) => {
    const path = join(tmpdir(), `mimeo-lone-${process.pid}-${table}`);
    t.after(() => rm(path, { force: true }));
    const { layout, startByte } = loneDisk({ filesystem: 'ntfs', lengthBytes: 70_000_001, table });
    await refuseUnwritable(layout);
    await using file = await open(path, 'w');
    await file.truncate(layout.diskBytes);
    await using disk = await openDisk(path, 'write');
    await writeLayout(disk, layout);
    const { partitions } = await readLayout(path);
    assert.equal(partitions[0]?.startByte, startByte);
    assert.equal(partitions[0]?.lengthBytes, 70_000_128);
  });
}

test('what an MBR cannot address becomes a GPT disk', () => {
  assert.equal(loneDisk({ filesystem: 'xfs', lengthBytes: 3 * 2 ** 40 }).layout.table, 'gpt');
  assert.equal(loneDisk({ filesystem: 'xfs', lengthBytes: 2 ** 40 }).layout.table, 'mbr');
});

test('without the old boot code there is a warning that names the option, with it none', async () => {
  const without = loneDisk({ filesystem: 'ntfs', lengthBytes: 4096 });
  assert.match(without.warnings.join(), /--mbr FILE/);
  assert.equal(without.gap, null);
  const sectors = Buffer.alloc(2048, 0x90);
  sectors.writeUInt16LE(0xaa55, 510);
  const lone = loneDisk({ filesystem: 'ntfs', lengthBytes: 4096, boot: bootAreaOf(sectors) });
  assert.deepEqual(lone.warnings, []);
  assert.deepEqual(Buffer.from(lone.layout.bootCode), sectors.subarray(0, 440));
  assert.equal(lone.gap?.startByte, 512);
  const pieces: number[] = [];
  for await (const { offset, bytes } of lone.gap?.read(AbortSignal.timeout(1000)) ?? [])
    pieces.push(offset, bytes.length);
  assert.deepEqual(pieces, [0, 1536]);
});

test('a file without boot code is refused by its name', async (t) => {
  const path = join(tmpdir(), `mimeo-boot-area-${process.pid}`);
  t.after(() => rm(path, { force: true }));
  for (const bytes of [Buffer.alloc(512), Buffer.alloc(439, 1), Buffer.alloc(512, 1)]) {
    await writeFile(path, bytes);
    await assert.rejects(readBootArea(path), { code: 'import-unsupported', message: new RegExp(path) });
  }
  await writeFile(path, Buffer.alloc(440, 1));
  assert.equal((await readBootArea(path)).loader.length, 0);
});

test('the place and the id that the old table has for a partition of this length stay', () => {
  const sector = Buffer.alloc(512, 0x90);
  sector.fill(0, 440);
  sector.writeUInt32LE(0xdeadbeef, 440);
  // Two of the same length, of which the second is active; XP begins at sector 63.
  sector.set([0, 0, 0, 0, 0x0b], 446);
  sector.writeUInt32LE(300_000, 454);
  sector.writeUInt32LE(200, 458);
  sector.set([0x80, 1, 1, 0, 0x07], 462);
  sector.writeUInt32LE(63, 470);
  sector.writeUInt32LE(200, 474);
  sector.writeUInt16LE(0xaa55, 510);
  const { layout, startByte } = loneDisk({
    filesystem: 'fat',
    lengthBytes: 102_400,
    boot: bootAreaOf(sector),
  });
  assert.equal(startByte, 63 * 512);
  assert.equal(layout.diskId, 'DEADBEEF');
  assert.deepEqual(layout.partitions, [
    { number: 1, startByte: 63 * 512, lengthBytes: 102_400, type: '07', active: true, gpt: null },
  ]);
  const rounded = loneDisk({ filesystem: 'fat', lengthBytes: 101_888, boot: bootAreaOf(sector) });
  assert.equal(rounded.layout.partitions[0]?.lengthBytes, 102_400);
  const other = loneDisk({ filesystem: 'fat', lengthBytes: 97_000, boot: bootAreaOf(sector) });
  assert.equal(other.startByte, 1_048_576);
  assert.notEqual(other.layout.diskId, 'DEADBEEF');
});

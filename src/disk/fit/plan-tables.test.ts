import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../command.ts';
import type { DiskImage, DiskLayout } from '../../image/index.ts';
import { writeLayout } from '../layout.ts';
import { openDisk } from '../open-disk.ts';
import { hasTools } from '../test-support/has-tools.ts';
import { blankFile, scratch } from '../test-support/volumes.ts';
import { MIB } from './fit-types.ts';
import { planFit } from './plan-fit.ts';
import { BASIC, EFI, GIB, imageOf, LINUX, RECOVERY, SWAP } from './test-support/images.ts';

const gpt = imageOf('gpt', [
  { start: MIB, length: 100 * MIB, type: EFI, filesystem: 'fat' },
  { start: 101 * MIB, length: 2 * GIB, type: BASIC, used: GIB },
  { start: 4 * GIB, length: GIB, type: LINUX, filesystem: 'ext' },
  { start: 6 * GIB, length: 300 * MIB, type: RECOVERY, attributes: '8000000000000001' },
  { start: 7 * GIB, length: 300 * MIB, type: SWAP, filesystem: 'swap' },
]);
const mbr = imageOf('mbr', [
  { start: 63 * 512, length: 2 * GIB, type: '83', filesystem: 'ext', used: GIB, active: true },
  { start: 3 * GIB, length: GIB, type: '27' },
  { start: 4 * GIB, length: 3 * GIB, type: '0F' },
  { start: 4 * GIB + 63 * 512, length: GIB, type: '83', filesystem: 'ext', number: 5 },
  { start: 5 * GIB + 126 * 512, length: GIB, type: '82', filesystem: 'swap', number: 6 },
]);

async function write(path: string, layout: DiskLayout): Promise<void> {
  await using disk = await openDisk(path, 'write');
  await writeLayout(disk, layout);
}

/** Larger, as large, smaller by gaps alone. */
const cases: [string, DiskImage, number][] = [
  ['gpt', gpt, 40],
  ['gpt', gpt, 8],
  ['gpt', gpt, 5],
  ['mbr', mbr, 40],
  ['mbr', mbr, 7],
  ['mbr', mbr, 6],
];

for (const [table, image, gib] of cases) {
  test(
    `${table} on ${gib} GiB: sfdisk and sgdisk read what was planned`,
    hasTools('sfdisk', 'sgdisk'),
    async (t) => {
      const sizeBytes = gib * GIB;
      const path = await blankFile(join(await scratch(t), 'disk'), sizeBytes);
      const { layout } = planFit({ image, target: { device: path, sizeBytes, sectorBytes: 512 } });
      await write(path, layout);
      const { stdout } = await run(['sfdisk', '--json', path]);
      const { partitiontable } = JSON.parse(stdout.toString()) as {
        partitiontable: { partitions: { node: string; start: number; size: number }[] };
      };
      assert.deepEqual(
        partitiontable.partitions.map(({ node, start, size }) => [
          Number(node.slice(path.length)),
          start,
          size,
        ]),
        layout.partitions.map((one) => [one.number, one.startByte / 512, one.lengthBytes / 512]),
      );
      await run(['sfdisk', '--verify', path]);
      if (table === 'gpt') {
        assert.match((await run(['sgdisk', '--verify', path])).stdout.toString(), /No problems found/);
      }
    },
  );
}

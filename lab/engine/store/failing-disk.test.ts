import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labNeeds } from '../../needs.ts';
import { failDisk } from './failing-disk.ts';
import type { LoopFilesystem } from './loop-disk.ts';

const FILESYSTEMS: readonly [LoopFilesystem, number, string][] = [
  ['ext4', 3, 'e2fsck'],
  ['xfs', 2, 'xfs_repair'],
];

for (const [filesystem, rounds, mend] of FILESYSTEMS) {
  const skip = labNeeds(`mkfs.${filesystem}`, mend, 'losetup');
  test(`a disk that fails under a store on ${filesystem} loses no committed image`, { skip }, async (t) => {
    const { commits, said } = await failDisk(filesystem, rounds);
    t.diagnostic(`${rounds} rounds, ${commits} commits, said ${JSON.stringify([...said])}`);
    assert.ok(said.size > 0, 'the disk never failed');
  });
}

import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../src/command.ts';
import { labNeeds } from '../../needs.ts';

const FILESYSTEMS = [
  { filesystem: 'ext4', rounds: '3', mend: 'e2fsck' },
  { filesystem: 'xfs', rounds: '2', mend: 'xfs_repair' },
];

for (const { filesystem, rounds, mend } of FILESYSTEMS) {
  const skip = labNeeds(`mkfs.${filesystem}`, mend, 'losetup', 'unshare');
  test(`a disk that fails under a store on ${filesystem} loses no committed image`, { skip }, async (t) => {
    const program = join(import.meta.dirname, 'run-failing-disk.ts');
    const { stdout } = await run(['unshare', '--mount', process.execPath, program, rounds, filesystem]);
    t.diagnostic(stdout.toString().trim());
  });
}

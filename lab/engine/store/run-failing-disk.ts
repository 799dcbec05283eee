/** Lets the disk under a real filesystem fail as often as is said. */
import process from 'node:process';
import { saidInWords } from './disk-words.ts';
import { failDisk } from './failing-disk.ts';
import type { LoopFilesystem } from './loop-disk.ts';

const rounds = Number(process.argv[2] ?? 5);
const filesystems: readonly LoopFilesystem[] = ['ext4', 'xfs'];
for (const filesystem of filesystems) {
  const { commits, said } = await failDisk(filesystem, rounds);
  if (!said.has('store-failed') && !said.has('store-full'))
    throw new Error(`the disk under ${filesystem} never failed`);
  process.stdout.write(
    `${filesystem}: ${rounds} failing disks, ${commits} commits, said ${saidInWords(said)}\n`,
  );
}

/**
 * Lets the disk under a real filesystem fail as often as is said. Run it in a mount namespace of its own: others that
 * begin while the disk is mounted would keep it.
 */
import process from 'node:process';
import { saidInWords } from './disk-words.ts';
import { failDisk } from './failing-disk.ts';
import type { LoopFilesystem } from './loop-disk.ts';
import { sayFailure } from './say-failure.ts';

const [rounds = '5', ...only] = process.argv.slice(2);
const filesystems = (['ext4', 'xfs'] as const).filter((one) => only.length === 0 || only.includes(one));

async function failUnder(filesystem: LoopFilesystem): Promise<void> {
  const { commits, said } = await failDisk(filesystem, Number(rounds));
  if (!said.has('store-failed') && !said.has('store-full'))
    throw new Error(`the disk under ${filesystem} never failed`);
  process.stdout.write(
    `${filesystem}: ${rounds} failing disks, ${commits} commits, said ${saidInWords(said)}\n`,
  );
}

try {
  for (const filesystem of filesystems) await failUnder(filesystem);
} catch (error) {
  sayFailure(error);
}

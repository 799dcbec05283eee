import { run } from '../command.ts';
import type { Disk } from './open-disk.ts';

/**
 * Brings everything written to the disk itself and forgets what memory holds of it, so that the next read
 * is answered by the disk.
 *
 * @returns whether that is certain: true for a block device. A plain file's pages are dropped as far as its
 * filesystem likes, so false.
 */
export async function flushDisk(disk: Disk): Promise<boolean> {
  await disk.handle.datasync();
  if (disk.isBlockDevice) {
    await run(['blockdev', '--flushbufs', disk.path]);
    return true;
  }
  await run(['dd', `if=${disk.path}`, 'iflag=nocache', 'count=0', 'status=none']);
  return false;
}

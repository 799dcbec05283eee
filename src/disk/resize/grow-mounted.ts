import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../command.ts';
import { type PartitionView, withPartition } from '../partition-view.ts';

/** Linux resizes no Btrfs to less than this (btrfs_ioctl_resize answers EINVAL); such a one stays as it is. */
const LEAST_BTRFS = 268_435_456;
/** XFS refuses a second filesystem of the same UUID, which another disk of the machine may hold. */
const MOUNT_OPTIONS = {
  xfs: 'nouuid,noatime,nodev,nosuid,noexec',
  btrfs: 'noatime,nodev,nosuid,noexec',
} as const;

/**
 * Grows XFS or Btrfs to the end of its partition; they grow only while mounted.
 *
 * @throws MimeoError `command-failed` with the words of mount, xfs_growfs or btrfs
 */
export async function growMounted(
  view: PartitionView,
  filesystem: 'xfs' | 'btrfs',
  signal?: AbortSignal,
): Promise<void> {
  if (filesystem === 'btrfs' && view.partition.lengthBytes < LEAST_BTRFS) return;
  const options = signal === undefined ? {} : { signal };
  await withPartition(view, { readOnly: false }, async (device) => {
    const folder = await mkdtemp(join(tmpdir(), 'mimeo-grow-'));
    try {
      await run(['mount', '-t', filesystem, '-o', MOUNT_OPTIONS[filesystem], device, folder], options);
      try {
        await run(
          filesystem === 'xfs'
            ? ['xfs_growfs', '-d', folder]
            : ['btrfs', 'filesystem', 'resize', 'max', folder],
          options,
        );
      } finally {
        await run(['umount', folder]);
      }
    } finally {
      await rmdir(folder);
    }
  });
}

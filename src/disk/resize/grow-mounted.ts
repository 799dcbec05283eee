import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../command.ts';
import { type PartitionView, withPartition } from '../partition-view.ts';

/** XFS refuses a second filesystem of the same UUID, as the machine's other disk may hold; none is written by `noatime`. */
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

import { MimeoError } from '../../errors.ts';
import type { Filesystem } from '../../image/index.ts';
import type { PartitionView } from '../partition-view.ts';
import { growExt } from './grow-ext.ts';
import { growMounted } from './grow-mounted.ts';
import { growNtfs } from './grow-ntfs.ts';

/**
 * Makes a filesystem as large as its partition, which the fit made larger; may be repeated.
 *
 * @returns warnings: an XFS or Btrfs that could not be mounted and grown here is whole, and grows on its own system
 * @throws MimeoError `command-failed` with the words of the tool, `volume-damaged`
 */
export async function growFilesystem(
  view: PartitionView,
  filesystem: Filesystem,
  signal?: AbortSignal,
): Promise<string[]> {
  switch (filesystem) {
    case 'ntfs':
      await growNtfs(view, signal);
      return [];
    case 'ext':
      await growExt(view, signal);
      return [];
    case 'xfs':
    case 'btrfs':
      return growOrWarn(view, filesystem, signal);
    default:
      return [];
  }
}

const LATER = { xfs: 'xfs_growfs', btrfs: 'btrfs filesystem resize max' } as const;

async function growOrWarn(
  view: PartitionView,
  filesystem: 'xfs' | 'btrfs',
  signal?: AbortSignal,
): Promise<string[]> {
  try {
    await growMounted(view, filesystem, signal);
    return [];
  } catch (error) {
    if (!(error instanceof MimeoError) || error.code !== 'command-failed') throw error;
    return [
      `Partition ${view.partition.number} is larger now, its filesystem is not: "${LATER[filesystem]}" on that machine makes it so (${error.message}).`,
    ];
  }
}

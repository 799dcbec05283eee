import type { Filesystem } from '../../image/index.ts';
import { growNtfs } from '../grow-ntfs.ts';
import type { PartitionView } from '../partition-view.ts';
import { growExt } from './grow-ext.ts';
import { growMounted } from './grow-mounted.ts';

/**
 * Makes a filesystem as large as its partition, which the fit made larger; may be repeated.
 *
 * @throws MimeoError `command-failed` with the words of the tool, `volume-damaged`
 */
export async function growFilesystem(
  view: PartitionView,
  filesystem: Filesystem,
  signal?: AbortSignal,
): Promise<void> {
  switch (filesystem) {
    case 'ntfs':
      return growNtfs(view, signal);
    case 'ext':
      return growExt(view, signal);
    case 'xfs':
    case 'btrfs':
      return growMounted(view, filesystem, signal);
    default:
      return;
  }
}

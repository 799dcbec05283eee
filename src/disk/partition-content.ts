import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import { type Disk, readAt } from './open-disk.ts';
import { freeRunsOfPartclone } from './partclone-map.ts';
import { withPartition } from './partition-view.ts';
import { type PartitionContent, volumeContent } from './volume-content.ts';

export type { PartitionContent } from './volume-content.ts';

/**
 * Looks into a partition without changing it: which filesystem, whether it is at rest, which blocks are
 * used. Contents of pagefile, hibernation file and swapfile of Windows do not count as used.
 *
 * @throws MimeoError `volume-dirty`, `volume-hibernated`, `volume-damaged` when it must not be captured
 */
export function readContent(
  disk: Disk,
  layout: DiskLayout,
  partition: PartitionLayout,
  signal?: AbortSignal,
): Promise<PartitionContent> {
  const { startByte, lengthBytes, number } = partition;
  return volumeContent(
    {
      read: (offset, length) => readAt(disk, startByte + offset, length),
      lengthBytes,
      name: `partition ${number} of ${disk.path}`,
    },
    (filesystem) =>
      withPartition(
        { disk: disk.path, sectorBytes: layout.sectorBytes, partition },
        { readOnly: true },
        (device) => freeRunsOfPartclone(device, filesystem, signal),
      ),
    signal,
  );
}

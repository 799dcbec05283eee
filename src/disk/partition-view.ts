import type { PartitionLayout } from '../image/index.ts';
import { withLoop } from './with-loop.ts';

/** One partition of a disk, whether or not the disk has a partition table just now. */
export interface PartitionView {
  /** The whole-disk node or plain file. */
  readonly disk: string;
  /** Logical sector size of the disk. */
  readonly sectorBytes: number;
  readonly partition: PartitionLayout;
}

/** Shows the partition as a block device while `use` runs; see {@link withLoop}. */
export function withPartition<T>(
  view: PartitionView,
  access: { readOnly: boolean },
  use: (device: string) => Promise<T>,
): Promise<T> {
  const { disk, sectorBytes, partition } = view;
  return withLoop(
    { disk, sectorBytes, startByte: partition.startByte, lengthBytes: partition.lengthBytes, ...access },
    use,
  );
}

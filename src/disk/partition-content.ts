import type { PartitionLayout } from '../image/index.ts';
import { type Disk, readAt } from './open-disk.ts';
import { type PartitionContent, volumeContent } from './volume-content.ts';

/** Looks into a partition of a disk; see {@link volumeContent}. */
export function readContent(
  disk: Disk,
  { startByte, lengthBytes, number }: PartitionLayout,
  signal?: AbortSignal,
): Promise<PartitionContent> {
  const read = (offset: number, length: number): Promise<Buffer> => readAt(disk, startByte + offset, length);
  return volumeContent({ read, lengthBytes, name: `partition ${number} of ${disk.path}` }, signal);
}

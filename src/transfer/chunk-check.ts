import { type Disk, readAt } from '../disk/index.ts';
import { applyMask, chunkIdOfAsync } from '../image/index.ts';
import type { TargetChunk } from './target-chunk.ts';

/** Whether the disk holds a chunk: its used blocks are read and hashed, the unused ones count as zeros. */
export async function holdsChunk(disk: Disk, chunk: TargetChunk): Promise<boolean> {
  const bytes = await readAt(disk, chunk.offset, chunk.length);
  applyMask(bytes, chunk.mask);
  return (await chunkIdOfAsync(bytes)) === chunk.id;
}

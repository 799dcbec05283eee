import { type CrewDisk, readChunk } from './crew/chunk-work.ts';
import type { TargetChunk } from './target-chunk.ts';

/** Whether the disk holds a chunk: its used blocks are read and hashed, the unused ones count as zeros. */
export async function holdsChunk(on: CrewDisk, chunk: TargetChunk): Promise<boolean> {
  const room = await on.crew.memory.take(chunk.length);
  try {
    return (await readChunk(on, chunk, room)) === chunk.id;
  } finally {
    room.release();
  }
}

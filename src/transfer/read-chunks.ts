import { type Disk, readInto } from '../disk/index.ts';
import {
  applyMask,
  type ByteRun,
  CHUNK_BYTES,
  chunkLength,
  isEmpty,
  type Region,
  regionMasks,
  usedRuns,
} from '../image/index.ts';
import type { RawChunk } from './raw-chunk.ts';

/** A region that is to be captured: which of its bytes are used is known, its chunks are not yet. */
export interface CapturedRegion extends Omit<Region, 'chunks'> {
  readonly used: readonly ByteRun[];
}

/** Reads a region of a disk, chunk after chunk; every chunk of the region comes, also the empty ones. */
export async function* readChunks(
  disk: Disk,
  region: CapturedRegion,
  signal: AbortSignal,
): AsyncGenerator<RawChunk> {
  let i = 0;
  for (const mask of regionMasks(region.used, region.lengthBytes)) {
    signal.throwIfAborted();
    const length = chunkLength(region.lengthBytes, i);
    yield await readChunk(disk, region.startByte + i * CHUNK_BYTES, length, mask);
    i++;
  }
}

/** Reads from the first used block to the last in one go; unused ones become zeros. */
async function readChunk(disk: Disk, offset: number, length: number, mask: Uint8Array): Promise<RawChunk> {
  if (isEmpty(mask)) return { mask, usedBytes: 0, bytes: null };
  const runs = usedRuns(mask, length);
  const start = runs[0]?.start ?? 0;
  const last = runs.at(-1);
  const end = last === undefined ? length : last.start + last.length;
  const bytes = Buffer.alloc(length);
  await readInto(disk, bytes.subarray(start, end), offset + start);
  applyMask(bytes, mask);
  return { mask, usedBytes: runs.reduce((sum, run) => sum + run.length, 0), bytes };
}

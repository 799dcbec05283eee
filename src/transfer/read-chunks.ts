import { type Disk, readInto } from '../disk/index.ts';
import {
  applyMask,
  type ByteRun,
  CHUNK_BYTES,
  chunkLength,
  type Region,
  regionMasks,
  usedRuns,
} from '../image/index.ts';
import { ahead } from './ahead.ts';
import { type ChunkBuffers, type NamedChunk, named, READ_AHEAD } from './raw-chunk.ts';

/** A region that is to be captured: which of its bytes are used is known, its chunks are not yet. */
export interface CapturedRegion extends Omit<Region, 'chunks'> {
  readonly used: readonly ByteRun[];
}

/** Reads and hashes a region of a disk, chunk after chunk; every chunk of the region comes, also the empty ones. */
export function readChunks(
  disk: Disk,
  region: CapturedRegion,
  buffers: ChunkBuffers,
  signal: AbortSignal,
): AsyncGenerator<NamedChunk> {
  return ahead(placesOf(region), READ_AHEAD, async ({ offset, length, mask }) => {
    signal.throwIfAborted();
    const runs = usedRuns(mask, length);
    const [first, last] = [runs[0], runs.at(-1)];
    if (first === undefined || last === undefined) return { mask, usedBytes: 0, bytes: null, id: null };
    // One read from the first used block to the last; the mask zeroes all else.
    const bytes = buffers.take(length);
    await readInto(disk, bytes.subarray(first.start, last.start + last.length), offset + first.start);
    applyMask(bytes, mask);
    return await named({ mask, usedBytes: runs.reduce((sum, run) => sum + run.length, 0), bytes });
  });
}

interface Place {
  readonly offset: number;
  readonly length: number;
  readonly mask: Uint8Array;
}

function* placesOf({ used, startByte, lengthBytes }: CapturedRegion): Generator<Place> {
  let i = 0;
  for (const mask of regionMasks(used, lengthBytes)) {
    yield { offset: startByte + i * CHUNK_BYTES, length: chunkLength(lengthBytes, i), mask };
    i++;
  }
}

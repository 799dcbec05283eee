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
import type { RawChunk } from './raw-chunk.ts';

/** A region that is to be captured: which of its bytes are used is known, its chunks are not yet. */
export interface CapturedRegion extends Omit<Region, 'chunks'> {
  readonly used: readonly ByteRun[];
}

/** Chunks being read before they are asked for: the disk never waits for the processor. */
const READ_AHEAD = 8;

/** Reads a region of a disk, chunk after chunk; every chunk of the region comes, also the empty ones. */
export function readChunks(
  disk: Disk,
  region: CapturedRegion,
  signal: AbortSignal,
): AsyncGenerator<RawChunk> {
  return ahead(readings(disk, region, signal), READ_AHEAD);
}

function* readings(
  disk: Disk,
  region: CapturedRegion,
  signal: AbortSignal,
): Generator<() => Promise<RawChunk>> {
  let i = 0;
  for (const mask of regionMasks(region.used, region.lengthBytes)) {
    signal.throwIfAborted();
    const length = chunkLength(region.lengthBytes, i);
    const offset = region.startByte + i * CHUNK_BYTES;
    yield () => readChunk(disk, offset, length, mask);
    i++;
  }
}

/** Reads from the first used block to the last in one go; unused ones become zeros. */
async function readChunk(disk: Disk, offset: number, length: number, mask: Uint8Array): Promise<RawChunk> {
  const runs = usedRuns(mask, length);
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return { mask, usedBytes: 0, bytes: null };
  // The mask zeroes all that is not read.
  const bytes = Buffer.allocUnsafeSlow(length);
  await readInto(disk, bytes.subarray(first.start, last.start + last.length), offset + first.start);
  applyMask(bytes, mask);
  return { mask, usedBytes: runs.reduce((sum, run) => sum + run.length, 0), bytes };
}

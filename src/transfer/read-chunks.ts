import {
  type ByteRun,
  CHUNK_BYTES,
  chunkLength,
  countUsedBytes,
  isEmpty,
  type Region,
  regionMasks,
} from '../image/index.ts';
import { ahead } from './ahead.ts';
import { type CrewDisk, type Place, readChunk } from './crew/chunk-work.ts';
import { type NamedChunk, READ_AHEAD } from './raw-chunk.ts';

/** A region that is to be captured: which of its bytes are used is known, its chunks are not yet. */
export interface CapturedRegion extends Omit<Region, 'chunks'> {
  readonly used: readonly ByteRun[];
}

/** Reads and hashes a region of a disk, chunk after chunk; every chunk of the region comes, also the empty ones. */
export function readChunks(
  on: CrewDisk,
  region: CapturedRegion,
  signal: AbortSignal,
): AsyncGenerator<NamedChunk> {
  return ahead(placesOf(region), READ_AHEAD, async (place) => {
    signal.throwIfAborted();
    const { mask, length } = place;
    if (isEmpty(mask)) return { mask, usedBytes: 0, room: null, id: null };
    const room = await on.crew.memory.take(length);
    try {
      return { mask, usedBytes: countUsedBytes(mask, length), room, id: await readChunk(on, place, room) };
    } catch (error) {
      room.release();
      throw error;
    }
  });
}

function* placesOf({ used, startByte, lengthBytes }: CapturedRegion): Generator<Place> {
  let i = 0;
  for (const mask of regionMasks(used, lengthBytes)) {
    yield { offset: startByte + i * CHUNK_BYTES, length: chunkLength(lengthBytes, i), mask };
    i++;
  }
}

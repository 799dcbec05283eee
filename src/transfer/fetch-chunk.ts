import { MimeoError } from '../errors.ts';
import { CHUNK_BYTES, type ChunkId, ZERO_CHUNK_ID } from '../image/index.ts';
import type { ChunkRoom } from './crew/chunk-memory.ts';
import { type CrewDisk, unpackChunk, writeChunk } from './crew/chunk-work.ts';
import type { ChunkSource } from './ports.ts';

/** So often a chunk may come wrong before the deploy gives up: a source has that many other holders to try. */
const MOST_TRIES = 4;

export interface Fetched {
  /** Compressed bytes that crossed the network, bad ones included. */
  readonly networkBytes: number;
  /** How often it came wrong before. */
  readonly bad: number;
}

/** Fetches a chunk into `room` and, if told where, writes it to a disk; see {@link fetchRight}. */
export async function fetchChunk(
  on: CrewDisk,
  source: ChunkSource,
  { id, offset }: { readonly id: ChunkId; readonly offset: number },
  room: ChunkRoom,
  write: boolean,
  signal: AbortSignal,
): Promise<Fetched> {
  if (id === ZERO_CHUNK_ID && room.length === CHUNK_BYTES) {
    room.bytes.fill(0);
    if (write) await writeChunk(on, offset, room);
    return { networkBytes: 0, bad: 0 };
  }
  const to = write ? { on, offset } : undefined;
  return await fetchRight(source, id, signal, (frame) => unpackChunk(on.crew, frame, id, room, to));
}

/**
 * Fetches a chunk until it is what its name says; each wrong one is reported to the source.
 *
 * @param fault opens a frame and says what is wrong with it, null when nothing is
 * @throws MimeoError `chunk-damaged` naming the chunk when it comes wrong every time; what `fetch` throws
 */
export async function fetchRight(
  source: ChunkSource,
  id: ChunkId,
  signal: AbortSignal,
  fault: (frame: Buffer) => Promise<string | null>,
): Promise<Fetched> {
  let networkBytes = 0;
  let words = '';
  for (let bad = 0; bad < MOST_TRIES; bad++) {
    const frame = await source.fetch(id, signal);
    networkBytes += frame.length;
    signal.throwIfAborted();
    const found = await fault(frame);
    if (found === null) return { networkBytes, bad };
    signal.throwIfAborted();
    words = found;
    await source.reportBad(id, words);
  }
  throw new MimeoError('chunk-damaged', `Chunk ${id} came wrong ${MOST_TRIES} times: ${words}.`);
}

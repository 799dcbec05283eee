import { MimeoError } from '../errors.ts';
import { CHUNK_BYTES, type ChunkId, chunkIdOfAsync } from '../image/index.ts';
import { decompressChunk } from './frame.ts';
import type { ChunkSource } from './ports.ts';
import { ZERO_CHUNK_ID } from './survey.ts';

/** So often a chunk may come wrong before the deploy gives up: a source has that many other holders to try. */
const MOST_TRIES = 4;

export interface FetchedChunk {
  readonly bytes: Buffer;
  /** Compressed bytes that crossed the network, bad ones included. */
  readonly networkBytes: number;
  /** How often it came wrong before. */
  readonly bad: number;
}

/**
 * Fetches a chunk until it is what its name says; each wrong one is reported to the source.
 * @throws MimeoError `chunk-damaged` naming the chunk when it comes wrong every time; what `fetch` throws
 */
export async function fetchChunk(
  source: ChunkSource,
  chunk: { id: ChunkId; length: number },
  signal: AbortSignal,
): Promise<FetchedChunk> {
  if (chunk.id === ZERO_CHUNK_ID && chunk.length === CHUNK_BYTES) {
    return { bytes: Buffer.alloc(CHUNK_BYTES), networkBytes: 0, bad: 0 };
  }
  let networkBytes = 0;
  let words = '';
  for (let bad = 0; bad < MOST_TRIES; bad++) {
    const frame = await source.fetch(chunk.id, signal);
    networkBytes += frame.length;
    const result = await openFrame(frame, chunk);
    if (typeof result !== 'string') return { bytes: result, networkBytes, bad };
    signal.throwIfAborted();
    words = result;
    await source.reportBad(chunk.id, words);
  }
  throw new MimeoError('chunk-damaged', `Chunk ${chunk.id} came wrong ${MOST_TRIES} times: ${words}.`);
}

/** The chunk's bytes, or what is wrong with the frame. */
async function openFrame(frame: Buffer, chunk: { id: ChunkId; length: number }): Promise<Buffer | string> {
  let bytes: Buffer<ArrayBuffer>;
  try {
    bytes = await decompressChunk(frame);
  } catch (error) {
    return `it does not decompress (${error instanceof Error ? error.message : String(error)})`;
  }
  if (bytes.length !== chunk.length) return `it has ${bytes.length} bytes, not ${chunk.length}`;
  const id = await chunkIdOfAsync(bytes);
  return id === chunk.id ? bytes : `its content hashes to ${id}`;
}

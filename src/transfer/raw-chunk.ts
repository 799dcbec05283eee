import { CHUNK_BYTES, type ChunkId, chunkIdOfAsync } from '../image/index.ts';

/** A chunk of a region that is to be stored, before it has a name. */
export interface RawChunk {
  readonly mask: Uint8Array;
  /** Bytes in used blocks. */
  readonly usedBytes: number;
  /** The content, unused blocks zeroed, in a buffer of {@link ChunkBuffers}; null when nothing is used. */
  readonly bytes: Buffer<ArrayBuffer> | null;
}

export interface NamedChunk extends RawChunk {
  /** Null when nothing of it is used. */
  readonly id: ChunkId | null;
}

/** Chunks that are read and hashed before they are asked for: the disk does not wait for the processor. */
export const READ_AHEAD = 8;

export async function named(chunk: RawChunk): Promise<NamedChunk> {
  return { ...chunk, id: chunk.bytes === null ? null : await chunkIdOfAsync(chunk.bytes) };
}

/**
 * Buffers of a chunk's size that are used again: a mebibyte that is given to the garbage collector stays in
 * memory until it runs. Those that are not given back are the collector's.
 */
export class ChunkBuffers {
  readonly #free: ArrayBuffer[] = [];

  /** A buffer of this length, at most 1 MiB, that holds anything. */
  take(length: number): Buffer<ArrayBuffer> {
    return Buffer.from(this.#free.pop() ?? new ArrayBuffer(CHUNK_BYTES), 0, length);
  }

  /** Nobody may use the buffer any more. */
  giveBack(bytes: Buffer<ArrayBuffer>): void {
    this.#free.push(bytes.buffer);
  }
}

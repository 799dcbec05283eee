import type { ChunkId } from '../image/index.ts';

/**
 * The two things a store stands on: a place for chunks and a place for indexes. They keep bytes and decide
 * nothing; what may be put, committed or deleted is decided above them, once for all adapters.
 */
export interface ChunkShelf {
  /** Bytes of the stored frame; 0 when it is not there (an empty file is not a chunk). */
  size(id: ChunkId): Promise<number>;
  /** Stores a frame, whole or not at all. It survives a power cut after the next `sync`. */
  put(id: ChunkId, frame: Uint8Array): Promise<void>;
  /** The frame, null when it is not there. */
  get(id: ChunkId): Promise<Buffer | null>;
  /** Takes a damaged chunk out of sight but keeps its bytes for whoever looks into it. */
  setAside(id: ChunkId): Promise<void>;
  /** Deletes at once, before anything else can run on this thread; returns the bytes given back. */
  deleteNow(id: ChunkId): number;
  /** Makes every `put` that has ended survive a power cut. Calls do not overlap. */
  sync(): Promise<void>;
  /** Every chunk, in no order. */
  all(): AsyncIterable<ChunkId>;
  /** When a chunk was put (ms since the epoch); null when it is not there. */
  putAt(id: ChunkId): Promise<number | null>;
}

/** See {@link ChunkShelf}. Names have passed `checkImageName`. */
export interface IndexShelf {
  names(): Promise<string[]>;
  /** The versions that can be read, ascending. */
  versions(name: string): Promise<number[]>;
  /** The number for the next version: above every version that ever was. */
  nextVersion(name: string): Promise<number>;
  /** Null when it is not there. */
  read(name: string, version: number): Promise<Buffer | null>;
  /** Writes a version that is not there yet, whole or not at all; it survives a power cut. */
  write(name: string, version: number, bytes: Uint8Array): Promise<void>;
  /** Removes a version and remembers its number. */
  remove(name: string, version: number): Promise<void>;
}

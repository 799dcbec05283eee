import type { ChunkId, ImageIndex } from '../image/index.ts';

/** One committed image version, as lists show it. */
export interface ImageSummary {
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  readonly notes: string;
  /** Size of the master's disk. */
  readonly diskBytes: number;
  /** Bytes of used blocks. */
  readonly usedBytes: number;
  /** Compressed bytes of all its chunks (shared ones too). */
  readonly storedBytes: number;
  readonly table: 'mbr' | 'gpt';
  readonly filesystems: readonly string[];
}

/**
 * Where indexes and chunks live. Every adapter passes `storeContract`.
 * All calls may be repeated: `putChunk` of a chunk that is there is a success, and `commit` is atomic.
 * Errors: `chunk-missing`, `chunk-damaged`, `image-missing` are permanent; `store-full` asks for room;
 * `store-failed` (an IO error) may be tried again.
 */
export interface Store {
  /** Those of `ids` that the store does not hold, without duplicates, in order. */
  missing(ids: readonly ChunkId[]): Promise<ChunkId[]>;
  /**
   * Stores one zstd frame after checking that it decompresses to at most 1 MiB that hashes to `id`.
   * @throws MimeoError `chunk-damaged` when it does not; nothing is stored then.
   */
  putChunk(id: ChunkId, frame: Uint8Array): Promise<void>;
  /** The zstd frame of a chunk, as stored. With `verify` it is decompressed and hashed first; a bad one is set aside. */
  getChunk(id: ChunkId, options?: { verify?: boolean }): Promise<Buffer>;
  /**
   * Commits an index last: refuses with `chunk-missing` when a chunk is not there, gives it the next
   * version of its name, signs it and makes it visible at once and whole.
   */
  commit(index: ImageIndex): Promise<ImageSummary>;
  list(): Promise<ImageSummary[]>;
  /** The signed index as bytes; the newest version when none is named. Its signature is checked. */
  readIndex(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }>;
  /** Re-hashes a chunk that somebody called bad; a damaged one is set aside so that it can be put again. */
  recheck(id: ChunkId): Promise<'good' | 'damaged' | 'missing'>;
}

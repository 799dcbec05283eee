import type { ChunkId, ChunkList } from '../image/index.ts';

/** Where deploy takes chunks from: the server, a peer, a local store. */
export interface ChunkSource {
  /** The zstd frame of a chunk. The caller checks its hash, and calls `reportBad` when it is wrong. */
  fetch(id: ChunkId, signal: AbortSignal): Promise<Buffer>;
  reportBad(id: ChunkId, words: string): Promise<void>;
  /**
   * A source that knows better than the order of the disk what to bring next gives the numbers of the missing
   * chunks, each once, as they come; `fetch` of one that it just gave answers at once.
   */
  arrivals?(wanted: Wanted, signal: AbortSignal): AsyncIterable<number>;
}

/** What a deploy still needs, for a source that brings chunks in an order of its own. */
export interface Wanted {
  /** The chunks of the disk; those of partitions that stay are not in it. */
  readonly list: ChunkList;
  /** Whether a chunk is missing somewhere on the disk; does not change while chunks arrive. */
  missing(number: number): boolean;
  /** Hears of each chunk that is right at all its places on the disk, after it was written. */
  onSettled: ((number: number) => void) | null;
  /**
   * The zstd frame of a chunk that the disk holds, read back and compared with its name. Null when the disk does not
   * hold it, or not rightly, and when the deploy has gone on to change the disk.
   */
  readBack(number: number): Promise<Buffer | null>;
}

/** Where capture puts chunks. */
export interface ChunkSink {
  missing(ids: readonly ChunkId[], signal: AbortSignal): Promise<ChunkId[]>;
  put(id: ChunkId, frame: Buffer, signal: AbortSignal): Promise<void>;
}

/** The one model of progress of a pipeline; bytes count used blocks only. */
export interface TransferProgress {
  readonly phase: 'surveying' | 'reading' | 'writing' | 'verifying';
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Compressed bytes that crossed the network so far. */
  readonly networkBytes: number;
  /** Bytes found right on the disk already, hence not fetched. */
  readonly reusedBytes: number;
}

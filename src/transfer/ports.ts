import type { ChunkId } from '../image/index.ts';

/** Where deploy takes chunks from: the server, a peer, a local store. */
export interface ChunkSource {
  /** The zstd frame of a chunk. The caller checks its hash, and calls `reportBad` when it is wrong. */
  fetch(id: ChunkId, signal: AbortSignal): Promise<Buffer>;
  reportBad(id: ChunkId, words: string): Promise<void>;
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

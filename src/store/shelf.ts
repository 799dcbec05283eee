import type { ChunkId } from '../image/index.ts';
import type { Reclaimed } from './port.ts';

/** What a shelf knows of one chunk. */
export interface ChunkFacts {
  /** Bytes of the frame; 0 is no chunk, but a file that was cut to nothing. */
  readonly bytes: number;
  /** When it came to where it is (ms since the epoch, by the machine's clock, which may have jumped). */
  readonly sinceMs: number;
}

/** How much lies on a shelf. */
export interface ShelfUsage {
  readonly stored: Reclaimed;
  readonly quarantined: Reclaimed;
  /** Set aside, and not stored since. */
  readonly damaged: Reclaimed;
  readonly freeBytes: number | null;
}

/**
 * The two things a store stands on: a place for chunks and a place for indexes. They keep bytes and decide
 * nothing; what may be put, committed or deleted is decided above them, once for all adapters.
 */
export interface ChunkShelf {
  /** Null when it is not there; a chunk in quarantine is not. */
  facts(id: ChunkId): Promise<ChunkFacts | null>;
  /**
   * Stores a frame, whole or not at all. It can be read at once, and survives a power cut after the next `sync`.
   * What was set aside of the chunk goes.
   */
  put(id: ChunkId, frame: Uint8Array): Promise<void>;
  /** The frame, null when it is not there. */
  get(id: ChunkId): Promise<Buffer | null>;
  /** Takes a damaged chunk out of sight but keeps its bytes for whoever looks into it. */
  setAside(id: ChunkId): Promise<void>;
  /** Deletes at once, before anything else can run on this thread; whether it was there. */
  deleteNow(id: ChunkId): boolean;
  /** How many chunks were lost after `put` because they could not be written; whoever put them may not be told. */
  readonly losses: number;
  /** Waits until `all` finds everything put before, and its content is on the disk itself; throws as `sync`. */
  land(): Promise<void>;
  /** Makes every change of chunks that has ended survive a power cut; throws when one could not be written. */
  sync(): Promise<void>;
  /** Every chunk, some thousands at a time, in no order; perhaps without those put since the last `land`. */
  all(): AsyncIterable<ChunkId[]>;
  /** Moves a chunk out of use at once, as `deleteNow`; its time starts again. Whether it was there. */
  quarantineNow(id: ChunkId): boolean;
  /** Puts a chunk from quarantine back into use, where its time starts again; whether it was there. */
  restore(id: ChunkId): Promise<boolean>;
  /** Every chunk in quarantine, in no order. */
  quarantined(): Promise<ChunkId[]>;
  /** Of a chunk in quarantine. */
  quarantineFacts(id: ChunkId): Promise<ChunkFacts | null>;
  /** As `deleteNow`, of a chunk in quarantine. */
  deleteQuarantinedNow(id: ChunkId): boolean;
  /** Lets the time of a chunk in use or in quarantine, which lies in the future, start again. */
  restamp(id: ChunkId): void;
  usage(): Promise<ShelfUsage>;
}

/** See {@link ChunkShelf}. Names have passed `checkImageName`. */
export interface IndexShelf {
  names(): Promise<string[]>;
  /** The versions that can be read, ascending. */
  versions(name: string): Promise<number[]>;
  /** The number for the next version: above every version that ever was. */
  nextVersion(name: string): Promise<number>;
  /** Numbers that were given to versions removed for good; those that only left with a `rename` are not among them. */
  removedNumbers(name: string): Promise<number[]>;
  /** Null when it is not there. */
  read(name: string, version: number): Promise<Buffer | null>;
  /** Differs whenever the index was written anew; null when it is not there. */
  mark(name: string, version: number): Promise<string | null>;
  /** Writes a version, or replaces it, whole or not at all; it survives a power cut. */
  write(name: string, version: number, bytes: Uint8Array): Promise<void>;
  /** Removes a version, when it is there, and remembers its number, also why it left. */
  remove(name: string, version: number, why: 'removed' | 'renamed'): Promise<void>;
  /** What was kept beside the indexes of a name; null when there is nothing. */
  readNote(name: string, note: IndexNote): Promise<Buffer | null>;
  /** Keeps something beside the indexes of a name that exists, durably; null removes it. */
  writeNote(name: string, note: IndexNote, bytes: Uint8Array | null): Promise<void>;
  /** What `writeSummaries` kept; null when there is nothing. Its loss costs only time. */
  readSummaries(): Promise<Buffer | null>;
  writeSummaries(bytes: Uint8Array): Promise<void>;
}

/** What is kept beside indexes: the labels, and the new name while the image is being renamed. */
export type IndexNote = 'labels' | 'renaming';

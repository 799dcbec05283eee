import type { ChunkId } from '../image/index.ts';
import type { ChunkCopies } from './chunk-copies.ts';
import type { Reclaimed } from './port.ts';

/** How far a walk over many chunks has come. */
export interface ChunkProgress {
  readonly chunks: number;
  /** Null while it is not known how many there are. */
  readonly ofChunks: number | null;
  /** Compressed bytes read. */
  readonly bytes: number;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Called after each chunk. */
  readonly onProgress?: (progress: ChunkProgress) => void;
}

/** What re-hashing all chunks of an image version found. It is whole when both lists are empty. */
export interface VerifyReport {
  readonly name: string;
  readonly version: number;
  /** Distinct chunks of the image, and the compressed bytes of those that were read. */
  readonly chunks: number;
  readonly bytes: number;
  readonly missing: readonly ChunkId[];
  /** Set aside: the store does not hold them any more, and takes them again. */
  readonly damaged: readonly ChunkId[];
}

export interface GarbageOptions {
  /** The grace: only chunks put at least so long ago leave, and only what left as long ago is deleted. */
  readonly olderThanMs: number;
  /** Without any grace: what nobody uses is deleted in this run, also what came a moment ago. */
  readonly atOnce?: boolean;
  /** Says what would happen and does nothing. */
  readonly dryRun?: boolean;
}

/** What a garbage collection did; in its own `chunks` and `bytes` what was deleted for good. */
export interface GarbageReport extends Reclaimed {
  /** Left use in this run; a later run deletes them, unless somebody needs them before. */
  readonly quarantined: Reclaimed;
  /** In quarantine after this run, those of this run included. */
  readonly waiting: Reclaimed;
  /** What nobody uses either, but is younger than the grace: it stays as it is. */
  readonly young: Reclaimed;
  /** Came back from quarantine because somebody uses them. */
  readonly restored: number;
}

export interface ScrubOptions {
  readonly signal?: AbortSignal;
  /** At most so many compressed bytes are read per second; no limit without it. */
  readonly bytesPerSecond?: number;
  readonly onProgress?: (progress: ChunkProgress) => void;
  /** Who is asked for a chunk that is lost or damaged; default: the copies that the store was told of. */
  readonly heal?: ChunkCopies;
}

/** An index that cannot be read, and so hides its image and stops garbage collection. */
export interface DamagedImage {
  readonly name: string;
  readonly version: number;
  /** Why, in words. */
  readonly message: string;
}

/** What a scrub found. The store is whole when `lost` and `damagedImages` are empty. */
export interface ScrubReport {
  readonly chunks: number;
  readonly bytes: number;
  /** Chunks whose content had rotted; they were set aside. */
  readonly damaged: readonly ChunkId[];
  /** Chunks that an image names and the store did not hold. */
  readonly missing: readonly ChunkId[];
  /** Those of `damaged` and `missing` that another holder gave back. */
  readonly healed: readonly ChunkId[];
  /** Those that an image needs and nobody gave: the images cannot be deployed until they are captured again. */
  readonly lost: readonly ChunkId[];
  readonly damagedImages: readonly DamagedImage[];
}

/** How much a store holds. */
export interface StoreUsage {
  readonly images: number;
  readonly versions: number;
  /** Stored chunks, and their bytes. */
  readonly chunks: number;
  readonly bytes: number;
  readonly quarantined: Reclaimed;
  /** Chunks that were found damaged and are not held since, kept for inspection. */
  readonly damaged: Reclaimed;
  readonly damagedImages: readonly DamagedImage[];
  /** Free bytes of the filesystem; null where there is no such limit. */
  readonly freeBytes: number | null;
}

/** How a store is kept in order while it is used. */
export interface StoreUpkeep {
  /** Re-hashes every chunk of a version. Damaged chunks are set aside. */
  verify(name: string, version: number, options?: VerifyOptions): Promise<VerifyReport>;
  /**
   * Mark, quarantine, delete: chunks that no image, session or pin uses and that are older than the grace (so
   * that an interrupted capture can go on) leave use; a later run deletes those that left before another grace.
   * A chunk in quarantine comes back by itself when somebody asks for it. Nothing leaves or is deleted when
   * an index cannot be read. With `atOnce` one run deletes it all; an interrupted capture then begins anew.
   */
  collectGarbage(options: GarbageOptions): Promise<GarbageReport>;
  /** Re-hashes every index and every chunk, at a bounded rate; finds what rotted and what is missing. */
  scrub(options?: ScrubOptions): Promise<ScrubReport>;
  usage(): Promise<StoreUsage>;
}

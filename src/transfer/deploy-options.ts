import type { DiskImage, DiskLayout } from '../image/index.ts';
import type { ChunkSource, TransferProgress } from './ports.ts';

export interface DeployOptions {
  /** The whole-disk node (`/dev/sda`) or, in tests, a plain file. */
  readonly disk: string;
  /** What goes there: an image of one disk, or one of its disks. */
  readonly index: DiskImage;
  /** Where the partitions go on this disk: `planFit(…).layout`. */
  readonly layout: DiskLayout;
  /** Numbers of the image's partitions that are neither looked at nor written; what the target has there stays. */
  readonly keep?: ReadonlySet<number>;
  readonly source: ChunkSource;
  /**
   * Keeps the old partition table (`encodeSavedTable` bytes) somewhere safe; the disk is not touched before
   * it resolves. Not called when the disk has no table (any more). A run that was cut short before it touched
   * the disk gives the same table again, one that was cut short while wiping it may give less: the first counts.
   */
  readonly saveTable: (bytes: Buffer) => Promise<void>;
  /** Called once, right before the first change to the disk. */
  readonly onTouch?: () => void;
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly signal: AbortSignal;
  /** Read everything written back from the disk and compare. */
  readonly verify: boolean;
  /** Chunks fetched at the same time; default 8. */
  readonly inFlight?: number;
}

/** What a deploy did; bytes count used blocks, except `networkBytes`. */
export interface DeployReport {
  /** Bytes found right on the disk already. */
  readonly reusedBytes: number;
  readonly writtenBytes: number;
  /** Compressed bytes fetched. */
  readonly networkBytes: number;
  /** Chunks that came wrong from a source and were fetched again. */
  readonly badChunks: number;
  /** Chunks that read back wrong from the disk and were written again. */
  readonly rewrittenChunks: number;
  /** Whether read-back came from the disk itself and not from memory; false on plain files and without `verify`. */
  readonly readBack: boolean;
}

export interface FinishOptions {
  readonly disk: string;
  /** The layout that was deployed, boot code included. */
  readonly layout: DiskLayout;
  readonly signal?: AbortSignal;
}

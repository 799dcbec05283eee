import type { ImageIndex } from '../image/index.ts';
import type { ChunkSink, TransferProgress } from './ports.ts';

export interface CaptureOptions {
  /** The whole-disk node (`/dev/sda`) or, in tests, a plain file. It is opened for reading only. */
  readonly disk: string;
  /** The image's other disks, as {@link disk}; it is the one that starts the machine. */
  readonly otherDisks?: readonly string[];
  readonly name: string;
  readonly notes: string;
  readonly sink: ChunkSink;
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly signal: AbortSignal;
  /** ISO 8601, UTC, for the index; default: this machine's clock, which may be dead on a host. */
  readonly createdAt?: string;
}

export interface Captured {
  /** Version 0; of chunks that the sink had already `storedBytes` is only a guess, which the store corrects. */
  readonly index: ImageIndex;
  /** What the technician should know: BitLocker stored raw, a filesystem that had to be copied whole. */
  readonly warnings: readonly string[];
}

import type { Filesystem, SourcePiece } from '../image/index.ts';
import type { BootArea } from './boot-area.ts';
import type { ImportFile } from './codec/import-file.ts';

/** One partition's content in an image file; its head has been read, its data not yet. */
export interface PartitionImage {
  /** `partclone image, version 2`. */
  readonly description: string;
  readonly filesystem: Filesystem;
  /** Of the partition or the volume, as the image says: the region may be larger, never smaller. */
  readonly lengthBytes: number;
  readonly usedBytes: number | null;
  /** Whole sentences. */
  readonly warnings: readonly string[];
  /** The boot code of the disk it was on, where the format keeps it. */
  readonly boot?: BootArea | null;
  /** The partition's type on that disk, two hex digits, where the format keeps it. */
  readonly mbrType?: string;
  /**
   * Reads the file once more from its start: pieces in ascending order that do not overlap, checked as far as
   * the format has checksums. It ends without an error only when the whole file is whole.
   *
   * @throws MimeoError `import-damaged`
   */
  read(signal: AbortSignal): AsyncIterable<SourcePiece>;
}

/** A file format that holds one partition: partclone, ntfsclone, partimage. */
export interface PartitionFormat {
  readonly name: string;
  /** @param head the first bytes of the decompressed file, up to 68 KiB */
  recognises(head: Buffer): boolean;
  open(file: ImportFile, signal: AbortSignal): Promise<PartitionImage>;
}

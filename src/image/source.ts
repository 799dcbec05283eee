import type { DiskLayout, Region } from './types.ts';

/** Somebody else's image, opened: what is in it is known, its content has not been read yet. */
export interface ImageSource extends AsyncDisposable {
  /** The disk that starts the machine first. */
  readonly disks: readonly SourceDisk[];
  /** What it is, for the new image's notes: "Clonezilla folder win7-lab". */
  readonly description: string;
  /** For the technician, whole sentences. */
  readonly warnings: readonly string[];
}

export interface SourceDisk {
  readonly layout: DiskLayout;
  readonly regions: readonly SourceRegion[];
}

/** A region whose bytes come as a stream; its label may be known only when it has been read. */
export interface SourceRegion extends Omit<Region, 'chunks'> {
  /** About how many bytes will come, for the progress; null when the format does not say. */
  readonly usedBytes: number | null;
  /**
   * Reads the region, once: pieces in ascending order that do not overlap. What no piece covers is not used.
   * A piece's bytes are only valid until the next one is asked for.
   *
   * @throws MimeoError `import-damaged` with file and offset of the damage
   */
  read(signal: AbortSignal): AsyncIterable<SourcePiece>;
}

export interface SourcePiece {
  /** From the region's start. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

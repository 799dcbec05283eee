import type { ChunkId } from '../../image/index.ts';

/** The two ways to one open disk: past the kernel's cache where the disk can do that, and through it. */
export interface DiskPorts {
  /** A descriptor opened with O_DIRECT; null where that is not possible. */
  readonly direct: number | null;
  readonly plain: number;
}

/** Where in the crew's memory a chunk is. */
interface At {
  /** From the start of that memory, page-aligned. */
  readonly at: number;
  readonly length: number;
}

/** Reads bytes `from` to `to` of a chunk from a disk, zeroes the holes, hashes all of it. */
export interface ReadJob extends At {
  readonly op: 'read';
  readonly ports: DiskPorts;
  /** Of the chunk, from the start of the disk. */
  readonly offset: number;
  readonly from: number;
  readonly to: number;
  /** Starts and ends, in turn. */
  readonly holes: readonly number[];
}

/** Hashes a chunk. */
export interface NameJob extends At {
  readonly op: 'name';
}

/** Makes a zstd frame of a chunk. */
export interface PackJob extends At {
  readonly op: 'pack';
}

/** Decompresses a frame, checks that it is the chunk, and writes that to a disk if it is told one. */
export interface UnpackJob extends At {
  readonly op: 'unpack';
  /** Where in the memory the frame is; it may have any length that has room there. */
  readonly frameAt: number;
  readonly frameLength: number;
  readonly id: ChunkId;
  readonly write: { readonly ports: DiskPorts; readonly offset: number } | null;
}

/** Writes a chunk to a disk. */
export interface WriteJob extends At {
  readonly op: 'write';
  readonly ports: DiskPorts;
  readonly offset: number;
}

export type Job = ReadJob | NameJob | PackJob | UnpackJob | WriteJob;

/** What became of a job. */
export type Reply =
  | { readonly kind: 'done' }
  | { readonly kind: 'named'; readonly id: ChunkId }
  | { readonly kind: 'packed'; readonly frame: Uint8Array<ArrayBuffer> }
  /** The frame is not the chunk. */
  | { readonly kind: 'bad'; readonly words: string }
  /** The disk could not be read or written at this place. */
  | { readonly kind: 'failed'; readonly offset: number; readonly words: string };

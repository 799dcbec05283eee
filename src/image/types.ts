/** SHA-256, as 64 lower-case hex digits, of a chunk's raw bytes with unused blocks zeroed. */
export type ChunkId = string;

/** A chunk covers 1 MiB of a region, aligned to the region's start; a region's last chunk may be shorter. */
export const CHUNK_BYTES = 1_048_576;
/** One bit of a used mask stands for this many bytes. */
export const BLOCK_BYTES = 4096;
/** Bits in the used mask of a whole chunk. */
export const BLOCKS_PER_CHUNK = CHUNK_BYTES / BLOCK_BYTES;

/**
 * What Mimeo knows to be in a partition. `raw` means every block counts as used; `lvm` is a physical volume,
 * used where its metadata and the filesystems of its logical volumes are.
 */
export type Filesystem = 'ntfs' | 'fat' | 'exfat' | 'ext' | 'xfs' | 'btrfs' | 'f2fs' | 'swap' | 'lvm' | 'raw';

/** The partition table as data; sizes and places in bytes, so that the sector size is stated once. */
export interface DiskLayout {
  readonly table: 'mbr' | 'gpt';
  readonly diskBytes: number;
  /** Logical sector size, 512 or 4096. */
  readonly sectorBytes: number;
  /** MBR: the disk signature as 8 hex digits. GPT: the disk GUID, upper case with dashes. */
  readonly diskId: string;
  /** The first 440 bytes of sector 0: boot code (all zero when there is none). */
  readonly bootCode: Uint8Array;
  readonly partitions: readonly PartitionLayout[];
}

export interface PartitionLayout {
  /** The number of the partition in its table, from 1 (MBR logical partitions from 5). */
  readonly number: number;
  readonly startByte: number;
  readonly lengthBytes: number;
  /** MBR: two hex digits (`07`). GPT: the type GUID, upper case. */
  readonly type: string;
  /** MBR: the active flag. */
  readonly active: boolean;
  /** GPT: the partition's own GUID, name and attribute bits (hex); null on MBR. */
  readonly gpt: { readonly id: string; readonly name: string; readonly attributes: string } | null;
}

/**
 * A run of the disk that the image holds: a partition's content, or the gap between the MBR and the first
 * partition, where boot loaders live. Extended partition tables are made again from the layout.
 */
export interface Region {
  readonly kind: 'gap' | 'partition';
  /** The partition's number; 0 for the gap. */
  readonly partition: number;
  readonly filesystem: Filesystem;
  /** The filesystem's label, '' when it has none. */
  readonly label: string;
  readonly startByte: number;
  readonly lengthBytes: number;
  readonly chunks: ChunkTable;
}

/** The chunks of one region in order; chunk `i` covers bytes `i * CHUNK_BYTES` onwards. */
export interface ChunkTable {
  readonly count: number;
  /** Null when no block of the chunk is used: nothing is stored, nothing is written. */
  id(i: number): ChunkId | null;
  /** The used mask: bit `b` (LSB first in each byte) says whether block `b` is used. A view, 32 bytes. */
  mask(i: number): Uint8Array;
  /** Compressed bytes in the store; 0 without an id, and in an index of version 0 where not known yet. */
  storedBytes(i: number): number;
  /** The ids of the chunks that have one, in order, 32 bytes each: a view, for walks over millions of them. */
  rawIds(): Uint8Array;
}

/** What an image holds of one disk. */
export interface DiskImage {
  readonly layout: DiskLayout;
  readonly regions: readonly Region[];
}

/**
 * One version of an image: what a deployment needs to know before it asks for the first chunk. `layout` and
 * `regions` are those of the disk that starts the machine.
 */
export interface ImageIndex extends DiskImage {
  readonly name: string;
  /** Versions count from 1; 0 in an index that the store has not committed yet. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly notes: string;
  /** The machine's other disks, in their order; empty for most images. */
  readonly otherDisks: readonly DiskImage[];
}

/** Every disk of an image, the one that starts the machine first. */
export function allDisks(index: ImageIndex): readonly DiskImage[] {
  return [index, ...index.otherDisks];
}

/** The regions of every disk. */
export function allRegions(index: ImageIndex): readonly Region[] {
  return allDisks(index).flatMap(({ regions }) => regions);
}

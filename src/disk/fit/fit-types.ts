import type { DiskImage, DiskLayout, PartitionLayout, Region } from '../../image/index.ts';

/** The disk that an image is to go to. */
export interface FitTarget {
  /** For messages: `/dev/sda`. */
  readonly device: string;
  readonly sizeBytes: number;
  /** Logical sector size. */
  readonly sectorBytes: number;
}

/** What the target's partition table says now, for partitions that are to be kept. */
export interface PresentTable {
  readonly layout: DiskLayout;
  /** Labels of its filesystems by partition number, as far as they could be read. */
  readonly labels: ReadonlyMap<number, string>;
}

export interface FitRequest {
  /** One disk of an image. */
  readonly image: DiskImage;
  readonly target: FitTarget;
  /** Null when the disk shows no table; needed only when something is to be kept. */
  readonly present?: PresentTable | null;
  /** Partitions of the target that stay, by number, GPT name or filesystem label. */
  readonly keep?: readonly string[];
  /** `none`: nothing grows. Default `auto`. */
  readonly grow?: 'auto' | 'none';
  /** The image's name, for the command that a refusal proposes. */
  readonly name?: string;
}

/** A run of the disk, in bytes. */
export interface Extent {
  readonly startByte: number;
  readonly lengthBytes: number;
}

/** What becomes of one partition; a partition that moves and grows has two steps. */
export interface FitStep {
  readonly kind: 'stay' | 'move' | 'grow' | 'shrink' | 'keep' | 'leave-out';
  /** Its number in the target's table; `leave-out`: in the image's. */
  readonly partition: number;
  /** Where the image has it; null for one of the target's own. */
  readonly from: Extent | null;
  /** Null for one that the target does not get. */
  readonly to: Extent | null;
}

/** The partition that becomes larger on this disk, what it holds, and its length before. */
export interface Growth {
  readonly partition: PartitionLayout;
  readonly fromBytes: number;
  readonly filesystem: Region['filesystem'];
}

export interface FitPlan {
  /** The table that the target gets. */
  readonly layout: DiskLayout;
  /** In the order of the disk; containers of logical partitions are not listed. */
  readonly steps: readonly FitStep[];
  /** Null when every partition keeps its length. */
  readonly growth: Growth | null;
  /** Partitions of the target that stay, with their content. */
  readonly kept: readonly PartitionLayout[];
  /** Numbers of the image's partitions that are not written, because one of the target's stands for them. */
  readonly unwritten: ReadonlySet<number>;
  /** The steps for people: one clause each, what stays as it is left out. */
  readonly words: readonly string[];
  /** What a person has to know or do because of the plan; whole sentences. */
  readonly warnings: readonly string[];
}

export const MIB = 1_048_576;

export function endOf({ startByte, lengthBytes }: Extent): number {
  return startByte + lengthBytes;
}

export function extentOf({ startByte, lengthBytes }: Extent): Extent {
  return { startByte, lengthBytes };
}

export function overlaps(a: Extent, b: Extent): boolean {
  return a.startByte < endOf(b) && b.startByte < endOf(a);
}

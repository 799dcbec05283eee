import type { DiskImage, Filesystem, PartitionLayout } from '../../image/index.ts';
import { MIB } from './fit-types.ts';
import { regionOf, roleOf } from './partition-role.ts';
import { gigabytes, partitionWords } from './plan-words.ts';
import { usableEnd } from './refuse-unfit.ts';
import { usedBytesOf } from './used-bytes.ts';

/** One partition that has to become smaller, still where the image has it. */
export interface PartitionShrink {
  readonly partition: PartitionLayout;
  readonly filesystem: 'ntfs' | 'ext';
  readonly fromBytes: number;
  /** A whole number of MiB less. */
  readonly toBytes: number;
}

/** A partition that could become smaller, and the least it may be expected to need. */
export interface Candidate extends Omit<PartitionShrink, 'toBytes'> {
  readonly leastBytes: number;
}

/** Filesystems need some room besides what is in use: for the MFT, the journal, block groups. */
const SPARE_SHARE = 1.05;
const SPARE_BYTES = 32 * MIB;
/** Filesystems of which people expect that they could be made smaller. */
const RIGID: ReadonlySet<Filesystem> = new Set<Filesystem>(['xfs', 'btrfs', 'f2fs', 'exfat', 'lvm', 'raw']);

/** What can be made smaller, the most free space first. */
export function candidatesOf(image: DiskImage): Candidate[] {
  return image.layout.partitions
    .flatMap((partition): Candidate[] => {
      const region = regionOf(image, partition.number);
      if (region === null || (region.filesystem !== 'ntfs' && region.filesystem !== 'ext')) return [];
      if (roleOf(image.layout, partition) !== 'data') return [];
      const fromBytes = partition.lengthBytes;
      const needed = Math.ceil((usedBytesOf(region) * SPARE_SHARE + SPARE_BYTES) / MIB) * MIB;
      return [
        { partition, filesystem: region.filesystem, fromBytes, leastBytes: Math.min(fromBytes, needed) },
      ];
    })
    .sort((a, b) => b.fromBytes - b.leastBytes - (a.fromBytes - a.leastBytes));
}

/** Why nothing helps: "partition 2 (Windows, NTFS) holds 61.2 GB …, a disk of 64.0 GB leaves 58.9 GB". */
export function refusalWords(image: DiskImage, diskBytes: number, candidates: readonly Candidate[]): string {
  const { layout } = image;
  const parts = layout.partitions.filter((one) => roleOf(layout, one) !== 'extended');
  const leastOf = (one: PartitionLayout): number =>
    candidates.find(({ partition }) => partition === one)?.leastBytes ?? one.lengthBytes;
  const largest = parts.reduce<PartitionLayout | null>(
    (most, one) => (most === null || leastOf(one) > leastOf(most) ? one : most),
    null,
  );
  if (largest === null) return 'The image has no partition.';
  const others = parts.reduce((sum, one) => sum + (one === largest ? 0 : leastOf(one)), 0);
  const leaves = Math.max(0, usableEnd(layout, diskBytes) - MIB - others);
  const name = capital(partitionWords(image, largest.number));
  const region = regionOf(image, largest.number);
  const why = region !== null && RIGID.has(region.filesystem) ? ' (this cannot be made smaller)' : '';
  const holds = region === null ? 0 : usedBytesOf(region);
  if (leaves >= leastOf(largest))
    return `${name} could be smaller, but what lies behind it must stay where it is.`;
  return (
    `${name} holds ${gigabytes(holds)} and needs ${gigabytes(leastOf(largest))}${why}; ` +
    `a disk of ${gigabytes(diskBytes)} leaves ${gigabytes(leaves)} for it.`
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import { MimeoError } from '../errors.ts';
import type { DiskLayout, Filesystem, PartitionLayout } from '../image/index.ts';
import { inWords } from './size-words.ts';

/** The partition that becomes larger on this disk, and its length before. */
export interface Growth {
  readonly partition: PartitionLayout;
  readonly fromBytes: number;
}

export interface FittedLayout {
  readonly layout: DiskLayout;
  /** Null when every partition keeps its length. */
  readonly growth: Growth | null;
}

export interface FitRequest {
  readonly layout: DiskLayout;
  /** What lies in the partitions: an index's `regions` will do. */
  readonly regions: readonly { readonly partition: number; readonly filesystem: Filesystem }[];
  readonly target: { readonly device: string; readonly sizeBytes: number; readonly sectorBytes: number };
}

const MIB = 1_048_576;
/** MBR fields for start and length have 32 bits. */
const MBR_SECTORS = 2 ** 32;
const EXTENDED = new Set(['05', '0F', '85']);
/** Windows' recovery tools are NTFS too, of a size that is meant: MBR and GPT type. */
const RECOVERY = new Set(['27', 'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC']);

/**
 * Where the image's partitions go on the target disk. They keep their places and lengths, except that the
 * last one grows to fill the disk (to a whole MiB) when it is NTFS and no recovery partition.
 *
 * @throws MimeoError `disk-too-small` naming both sizes, `sector-size-differs`.
 */
export function fitLayout({ layout, regions, target }: FitRequest): FittedLayout {
  refuseUnfit(layout, target);
  const fitted = { ...layout, diskBytes: target.sizeBytes };
  const last = lastPartition(layout);
  if (last === null || !mayGrow(last, regions)) return { layout: fitted, growth: null };
  const end = Math.floor(usableEnd(fitted) / MIB) * MIB;
  const lengthBytes = end - last.startByte;
  if (lengthBytes < last.lengthBytes + MIB) return { layout: fitted, growth: null };
  const grown = { ...last, lengthBytes };
  const partitions = layout.partitions.map((partition) => {
    if (partition === last) return grown;
    return last.number >= 5 && isExtended(layout, partition)
      ? { ...partition, lengthBytes: end - partition.startByte }
      : partition;
  });
  return { layout: { ...fitted, partitions }, growth: { partition: grown, fromBytes: last.lengthBytes } };
}

/**
 * Refuses a disk that the layout cannot be put on; nothing is written to find out.
 * @throws MimeoError `disk-too-small` naming both sizes, `sector-size-differs`
 */
export function refuseUnfit(layout: DiskLayout, target: FitRequest['target']): void {
  if (layout.sectorBytes !== target.sectorBytes) {
    throw new MimeoError(
      'sector-size-differs',
      `The image was made from a disk with sectors of ${layout.sectorBytes} bytes, ${target.device} has sectors of ${target.sectorBytes}.`,
    );
  }
  const needed = neededBytes(layout);
  if (needed > target.sizeBytes) {
    throw new MimeoError(
      'disk-too-small',
      `The image needs a disk of ${inWords(needed)}, ${target.device} has ${inWords(target.sizeBytes)}.`,
    );
  }
}

/** The size of the smallest disk that holds the layout as it is, GPT backup included. */
export function neededBytes(layout: DiskLayout): number {
  const end = Math.max(layout.sectorBytes, ...layout.partitions.map((p) => p.startByte + p.lengthBytes));
  return end + backupBytes(layout);
}

/** Whether the partition is an MBR container of logical ones; it holds no data of its own. */
export function isExtended(layout: DiskLayout, partition: PartitionLayout): boolean {
  return layout.table === 'mbr' && partition.number < 5 && EXTENDED.has(partition.type.toUpperCase());
}

function usableEnd(layout: DiskLayout): number {
  return layout.table === 'mbr'
    ? Math.min(layout.diskBytes, (MBR_SECTORS - 1) * layout.sectorBytes)
    : layout.diskBytes - backupBytes(layout);
}

/** GPT keeps a second header and 16 KiB of entries at the end of the disk. */
function backupBytes(layout: DiskLayout): number {
  return layout.table === 'gpt' ? layout.sectorBytes + 16_384 : 0;
}

function lastPartition(layout: DiskLayout): PartitionLayout | null {
  const data = layout.partitions.filter((partition) => !isExtended(layout, partition));
  return data.reduce<PartitionLayout | null>(
    (last, next) => (last === null || next.startByte > last.startByte ? next : last),
    null,
  );
}

function mayGrow(partition: PartitionLayout, regions: FitRequest['regions']): boolean {
  const region = regions.find(({ partition: number }) => number === partition.number);
  return region?.filesystem === 'ntfs' && !RECOVERY.has(partition.type.toUpperCase());
}

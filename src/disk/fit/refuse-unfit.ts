import { MimeoError } from '../../errors.ts';
import type { DiskLayout } from '../../image/index.ts';
import { inWords } from '../size-words.ts';
import { endOf, type FitTarget } from './fit-types.ts';

/** MBR fields for start and length have 32 bits. */
const MBR_SECTORS = 2 ** 32 - 1;
/** What the UEFI specification reserves for the entries of a GPT. */
const GPT_ENTRIES = 16_384;

/**
 * Refuses a disk that the layout cannot be put on as it is; nothing is written to find out.
 * @throws MimeoError `disk-too-small` naming both sizes, `sector-size-differs`
 */
export function refuseUnfit(layout: DiskLayout, target: FitTarget): void {
  refuseOtherSectors(layout, target);
  const needed = neededBytes(layout);
  if (needed > target.sizeBytes) {
    throw new MimeoError(
      'disk-too-small',
      `The image needs a disk of ${inWords(needed)}, ${target.device} has ${inWords(target.sizeBytes)}.`,
    );
  }
}

/** @throws MimeoError `sector-size-differs` with the reason in words */
export function refuseOtherSectors(layout: DiskLayout, target: FitTarget): void {
  if (layout.sectorBytes === target.sectorBytes) return;
  throw new MimeoError(
    'sector-size-differs',
    `The image was made from a disk with sectors of ${layout.sectorBytes} bytes (${kindOf(layout.sectorBytes)}), ` +
      `${target.device} has sectors of ${target.sectorBytes} bytes (${kindOf(target.sectorBytes)}). ` +
      'Partition table, boot loaders and filesystems count in sectors: written there, none of them would be found.',
  );
}

function kindOf(sectorBytes: number): string {
  return sectorBytes === 512 ? '512n or 512e' : '4Kn';
}

/** The size of the smallest disk that holds the layout as it is, GPT backup included. */
export function neededBytes(layout: DiskLayout): number {
  return Math.max(layout.sectorBytes, ...layout.partitions.map(endOf)) + backupBytes(layout);
}

/** The first byte that a partition may have on a disk with such a table. */
export function usableStart({ table, sectorBytes }: Pick<DiskLayout, 'table' | 'sectorBytes'>): number {
  return table === 'mbr' ? sectorBytes : 2 * sectorBytes + GPT_ENTRIES;
}

/** Where partitions have to end on a disk of this size. */
export function usableEnd(layout: DiskLayout, diskBytes: number): number {
  return layout.table === 'mbr'
    ? Math.min(diskBytes, MBR_SECTORS * layout.sectorBytes)
    : diskBytes - backupBytes(layout);
}

/** GPT keeps a second header and its entries at the end of the disk. */
function backupBytes(layout: DiskLayout): number {
  return layout.table === 'gpt' ? layout.sectorBytes + GPT_ENTRIES : 0;
}

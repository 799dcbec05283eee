import type { DiskImage, DiskLayout, Filesystem } from '../../image/index.ts';
import type { FitStep, FitTarget } from './fit-types.ts';
import { regionOf, roleOf } from './partition-role.ts';
import { usableEnd } from './refuse-unfit.ts';

const FILESYSTEM_WORDS: Readonly<Record<Filesystem, string>> = {
  ntfs: 'NTFS',
  fat: 'FAT',
  exfat: 'exFAT',
  ext: 'ext',
  xfs: 'XFS',
  btrfs: 'Btrfs',
  f2fs: 'F2FS',
  swap: 'swap',
  lvm: 'LVM',
  raw: 'raw',
};
const ROLE_WORDS = {
  efi: 'EFI',
  'bios-boot': 'BIOS boot',
  reserved: 'reserved',
  recovery: 'recovery',
} as const;

/** As makers of disks count: `237.9 GB`, `524 MB`. */
export function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/** `partition 2 (Windows, NTFS)` */
export function partitionWords(image: DiskImage, number: number): string {
  const partition = image.layout.partitions.find((one) => one.number === number);
  const region = regionOf(image, number);
  const role = partition === undefined ? 'data' : roleOf(image.layout, partition);
  const about = [
    ...(role in ROLE_WORDS ? [ROLE_WORDS[role as keyof typeof ROLE_WORDS]] : []),
    ...(region?.label ? [region.label] : []),
    ...(region ? [FILESYSTEM_WORDS[region.filesystem]] : []),
  ];
  return `partition ${number}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}

/** One step as a clause; none for what stays as it is. */
export function stepWords(
  step: FitStep,
  image: DiskImage,
  layout: DiskLayout,
  labels?: ReadonlyMap<number, string>,
): string[] {
  const { kind, partition, from, to } = step;
  const name = partitionWords(image, partition);
  switch (kind) {
    case 'stay':
      return [];
    case 'grow':
    case 'shrink':
      return [
        `${name} ${kind}s from ${gigabytes(from?.lengthBytes ?? 0)} to ${gigabytes(to?.lengthBytes ?? 0)}`,
      ];
    case 'move':
      return [`${name} moves ${placeWords(step, layout)}`];
    case 'keep': {
      const label =
        labels?.get(partition) || layout.partitions.find((one) => one.number === partition)?.gpt?.name;
      return [
        `partition ${partition}${label ? ` (${label})` : ''} of this disk is kept, ${gigabytes(to?.lengthBytes ?? 0)}`,
      ];
    }
    case 'leave-out':
      return [`${name} of the image is not written`];
  }
}

function placeWords({ from, to }: FitStep, layout: DiskLayout): string {
  if (from === null || to === null) return '';
  if (to.startByte < from.startByte) return 'forward';
  const last = Math.max(...layout.partitions.map(({ startByte }) => startByte));
  return to.startByte === last ? 'to the end' : 'back';
}

/** What somebody has to know or do because of the plan. */
export function planWarnings(image: DiskImage, steps: readonly FitStep[], target: FitTarget): string[] {
  const { layout } = image;
  const moved = steps.filter(({ kind }) => kind === 'move').map(({ partition }) => partition);
  const warnings = moved.flatMap((number) => {
    const partition = layout.partitions.find((one) => one.number === number);
    if (partition === undefined || roleOf(layout, partition) !== 'recovery') return [];
    if (regionOf(image, number)?.filesystem !== 'ntfs') return [];
    return [
      layout.table === 'gpt'
        ? `Recovery partition ${number} moves: Windows still starts it. Where "reagentc /info" calls it disabled afterwards, "reagentc /setreimage" and "reagentc /enable" tell Windows its new place.`
        : `Recovery partition ${number} moves: Windows starts as before, but does not find the recovery tools until "reagentc /setreimage" and "reagentc /enable" have told it their new place.`,
    ];
  });
  const end = usableEnd(layout, target.sizeBytes);
  if (layout.table === 'mbr' && target.sizeBytes - end > 1e9) {
    warnings.push(
      `${target.device} has ${gigabytes(target.sizeBytes)}, of which a disk with an MBR table can use ${gigabytes(end)}.`,
    );
  }
  return warnings;
}

import type { DiskImage, DiskLayout, Filesystem, PartitionLayout, Region } from '../../image/index.ts';
import { isExtendedType } from '../table/mbr.ts';

/** What a partition is there for, as its type says. */
export type Role = 'efi' | 'bios-boot' | 'reserved' | 'recovery' | 'swap' | 'extended' | 'data';

/** MBR types: Windows' recovery, the makers' recovery and diagnostics (12, DE), swap, EFI. */
const MBR_ROLES: Readonly<Record<string, Role>> = {
  '12': 'recovery',
  '27': 'recovery',
  DE: 'recovery',
  '82': 'swap',
  EF: 'efi',
};
const GPT_ROLES: Readonly<Record<string, Role>> = {
  'C12A7328-F81F-11D2-BA4B-00A0C93EC93B': 'efi',
  '21686148-6449-6E6F-744E-656564454649': 'bios-boot',
  'E3C9E316-0B5C-4DB8-817D-F92DF00215AE': 'reserved',
  'DE94BBA4-06D1-4D40-A16A-BFD50179D6AC': 'recovery',
  '0657FD6D-A4AB-43C4-84E5-0933C84B4F4F': 'swap',
};
/** Filesystems that we can make larger. */
const GROWABLE: ReadonlySet<Filesystem> = new Set<Filesystem>(['ntfs', 'ext', 'xfs', 'btrfs']);
/** Linux finds these by what is written in them, not by their place. */
const PLACELESS: ReadonlySet<Filesystem> = new Set<Filesystem>([
  'ext',
  'xfs',
  'btrfs',
  'f2fs',
  'swap',
  'lvm',
]);
/** GPT attribute bit 0: the machine needs this partition as it is (makers' recovery among basic data). */
const REQUIRED = 1n;

/** Whether the partition is an MBR container of logical ones; it holds no data of its own. */
export function isExtended(layout: DiskLayout, partition: PartitionLayout): boolean {
  return (
    layout.table === 'mbr' && partition.number < 5 && isExtendedType(Number.parseInt(partition.type, 16))
  );
}

export function roleOf(layout: DiskLayout, partition: PartitionLayout): Role {
  if (isExtended(layout, partition)) return 'extended';
  const roles = layout.table === 'mbr' ? MBR_ROLES : GPT_ROLES;
  const role = roles[partition.type.toUpperCase()] ?? 'data';
  return role === 'data' && isRequired(partition) ? 'recovery' : role;
}

function isRequired({ gpt }: PartitionLayout): boolean {
  return gpt !== null && (BigInt(`0x${gpt.attributes || '0'}`) & REQUIRED) !== 0n;
}

export function regionOf(image: DiskImage, number: number): Region | null {
  return image.regions.find((region) => region.kind === 'partition' && region.partition === number) ?? null;
}

/** Whether this partition may become larger: one for data, with a filesystem that can. */
export function mayGrow(image: DiskImage, partition: PartitionLayout): boolean {
  const region = regionOf(image, partition.number);
  return region !== null && GROWABLE.has(region.filesystem) && roleOf(image.layout, partition) === 'data';
}

/**
 * Whether this partition may begin elsewhere than on the master. GPT systems name partitions by their GUIDs; what
 * firmware and GRUB's first stage find by its place stays. On MBR, Windows names volumes by their place (BCD,
 * drive letters): only what does not start a system moves.
 */
export function mayMove(image: DiskImage, partition: PartitionLayout): boolean {
  const role = roleOf(image.layout, partition);
  if (role === 'efi' || role === 'bios-boot') return false;
  if (image.layout.table === 'gpt') return true;
  if (partition.active) return false;
  if (role === 'recovery' || role === 'swap') return true;
  const region = regionOf(image, partition.number);
  return region !== null && PLACELESS.has(region.filesystem);
}

import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import { isExtended } from './fit/partition-role.ts';
import { type NtfsBoot, parseNtfsBoot } from './ntfs/boot-sector.ts';
import { type Disk, openDisk, readAt, writeAt } from './open-disk.ts';
import { type Geometry, LBA_GEOMETRY } from './table/geometry.ts';

const SECTORS_PER_TRACK = 0x18;
const HEADS = 0x1a;
const HIDDEN_SECTORS = 0x1c;

/** FAT32 says where the copy of its boot sector is; 0 and FFFF mean nowhere, FAT12 and FAT16 have none. */
const FAT_BACKUP = 0x32;
const FAT32_NAME = 0x52;

/**
 * Makes boot sectors fit the place of their partitions. NTFS: hidden sectors, and heads and sectors per track
 * where they cannot be a BIOS's; the copy in the partition's last sector is made equal. FAT: hidden sectors, where
 * they are stated at all, and in the copy. Loaders compute addresses from these fields. What is right already is
 * not written.
 *
 * @returns the numbers of the partitions that were changed
 */
export async function fixBootSectors(path: string, layout: DiskLayout): Promise<number[]> {
  await using disk = await openDisk(path, 'write');
  const changed: number[] = [];
  for (const partition of layout.partitions) {
    if (isExtended(layout, partition)) continue;
    if (await fixOne(disk, partition)) changed.push(partition.number);
  }
  if (changed.length > 0) await disk.handle.datasync();
  return changed;
}

async function fixOne(disk: Disk, partition: PartitionLayout): Promise<boolean> {
  const sector = await readAt(disk, partition.startByte, disk.sectorBytes);
  if (sector.toString('latin1', 3, 11) === 'NTFS    ') return fixNtfs(disk, partition, sector);
  return isFat(sector) ? fixFat(disk, partition, sector) : false;
}

async function fixNtfs(disk: Disk, partition: PartitionLayout, old: Buffer): Promise<boolean> {
  const boot = parseNtfsBoot(old);
  const right = fixedBootSector(old, partition.startByte / disk.sectorBytes);
  const copyAt = partition.startByte + partition.lengthBytes - disk.sectorBytes;
  // The sector past the volume is the copy's place; a volume that goes further has none to be mended.
  const hasCopy = volumeEnd(boot) <= partition.lengthBytes - disk.sectorBytes;
  const copy = await readAt(disk, copyAt, disk.sectorBytes);
  let wrote = false;
  if (hasCopy && !copy.equals(right)) {
    await writeAt(disk, copyAt, right);
    wrote = true;
  }
  if (!old.equals(right)) {
    await writeAt(disk, partition.startByte, right);
    wrote = true;
  }
  return wrote;
}

/** By the names that formatters write; without one the fields mean nothing sure. */
function isFat(sector: Buffer): boolean {
  if (sector.readUInt16LE(510) !== 0xaa55) return false;
  return (
    sector.toString('latin1', FAT32_NAME, FAT32_NAME + 5) === 'FAT32' ||
    sector.toString('latin1', 0x36, 0x39) === 'FAT'
  );
}

/** Formatters that knew of no partition wrote 0, and no loader can have relied on that: it stays. */
async function fixFat(disk: Disk, partition: PartitionLayout, sector: Buffer): Promise<boolean> {
  const hidden = (partition.startByte / disk.sectorBytes) % 2 ** 32;
  const places = [partition.startByte];
  const backup = sector.readUInt16LE(FAT_BACKUP);
  if (sector.toString('latin1', FAT32_NAME, FAT32_NAME + 5) === 'FAT32' && backup > 0 && backup < 32) {
    places.unshift(partition.startByte + backup * disk.sectorBytes);
  }
  let wrote = false;
  for (const place of places) {
    const old = await readAt(disk, place, disk.sectorBytes);
    const stated = isFat(old) ? old.readUInt32LE(HIDDEN_SECTORS) : 0;
    if (stated === 0 || stated === hidden) continue;
    old.writeUInt32LE(hidden, HIDDEN_SECTORS);
    await writeAt(disk, place, old);
    wrote = true;
  }
  return wrote;
}

/** Pure half of {@link fixBootSectors}: the boot sector as it should be at this place. */
function fixedBootSector(sector: Buffer, startSector: number): Buffer {
  const fixed = Buffer.from(sector);
  const { heads, sectorsPerTrack } = plausible({
    heads: sector.readUInt16LE(HEADS),
    sectorsPerTrack: sector.readUInt16LE(SECTORS_PER_TRACK),
  });
  fixed.writeUInt16LE(sectorsPerTrack, SECTORS_PER_TRACK);
  fixed.writeUInt16LE(heads, HEADS);
  // The field has 32 bits; beyond 2 TiB only GPT systems start, which do not read it.
  fixed.writeUInt32LE(startSector % 2 ** 32, HIDDEN_SECTORS);
  return fixed;
}

/** A BIOS that counts otherwise is the master's own, hence most likely the lab's: it is kept. */
function plausible(geometry: Geometry): Geometry {
  const { heads, sectorsPerTrack } = geometry;
  const possible = heads >= 1 && heads <= 255 && sectorsPerTrack >= 1 && sectorsPerTrack <= 63;
  return possible ? geometry : LBA_GEOMETRY;
}

function volumeEnd(boot: NtfsBoot): number {
  return boot.totalSectors * boot.sectorBytes;
}

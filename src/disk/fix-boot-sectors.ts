import type { DiskLayout, PartitionLayout } from '../image/index.ts';
import { isExtended } from './fit/partition-role.ts';
import { type NtfsBoot, parseNtfsBoot } from './ntfs/boot-sector.ts';
import { type Disk, openDisk, readAt, writeAt } from './open-disk.ts';
import { type Geometry, LBA_GEOMETRY } from './table/geometry.ts';

const SECTORS_PER_TRACK = 0x18;
const HEADS = 0x1a;
const HIDDEN_SECTORS = 0x1c;

/**
 * Makes NTFS boot sectors fit the place of their partitions: hidden sectors, and heads and sectors per
 * track where they cannot be a BIOS's; the copy in the partition's last sector is made equal. Loaders of
 * Windows compute addresses from these fields. What is right already is not written.
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
  const old = await readAt(disk, partition.startByte, disk.sectorBytes);
  if (old.toString('latin1', 3, 11) !== 'NTFS    ') return false;
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

/** Pure half of {@link fixBootSectors}: the boot sector as it should be at this place. */
export function fixedBootSector(sector: Buffer, startSector: number): Buffer {
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

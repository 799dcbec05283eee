import type { Filesystem } from '../../image/index.ts';
import { parseNtfsBoot } from '../ntfs/boot-sector.ts';
import { openDisk, readAt } from '../open-disk.ts';
import type { PartitionView } from '../partition-view.ts';

const EXT_SUPERBLOCK = 1024;
const EXT_64BIT = 0x80;

/**
 * How many bytes of its partition an NTFS or ext volume does not reach; 0 for others. FOG's resizable images hold
 * such volumes: they were shrunk to be captured.
 *
 * @throws MimeoError `disk-failed`, `volume-damaged`
 */
export async function spareRoom(
  { disk: path, partition }: PartitionView,
  filesystem: Filesystem,
): Promise<number> {
  if (filesystem !== 'ntfs' && filesystem !== 'ext') return 0;
  await using disk = await openDisk(path, 'read');
  if (filesystem === 'ntfs') {
    const boot = parseNtfsBoot(await readAt(disk, partition.startByte, 512));
    // One sector more than the volume says: the copy of its boot sector.
    return Math.max(0, partition.lengthBytes - (boot.totalSectors + 1) * boot.sectorBytes);
  }
  const superblock = await readAt(disk, partition.startByte + EXT_SUPERBLOCK, 1024);
  const blockBytes = 1024 * 2 ** superblock.readUInt32LE(0x18);
  const is64bit = (superblock.readUInt32LE(0x60) & EXT_64BIT) !== 0;
  const blocks = superblock.readUInt32LE(0x04) + (is64bit ? superblock.readUInt32LE(0x150) * 2 ** 32 : 0);
  return Math.max(0, partition.lengthBytes - blocks * blockBytes);
}

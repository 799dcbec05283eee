import type { Filesystem } from '../image/index.ts';

/** Reads exactly `length` bytes at `offset` from the start of the partition. */
type ReadVolume = (offset: number, length: number) => Promise<Buffer>;

/** Fewer clusters than this make a FAT12 (Microsoft's FAT specification), which keeps no such note. */
const FAT16_CLUSTERS = 4085;
const EXFAT_DIRTY = 0x02;

/**
 * Whether a FAT or exFAT volume says of itself that it was not unmounted cleanly. Windows notes that in the
 * second entry of the FAT, Linux in a byte of the boot sector, exFAT in its volume flags.
 *
 * @param head the volume's first sectors
 */
export async function isDirtyFat(filesystem: Filesystem, head: Buffer, read: ReadVolume): Promise<boolean> {
  if (filesystem === 'exfat') return (head.readUInt16LE(106) & EXFAT_DIRTY) !== 0;
  if (filesystem !== 'fat') return false;
  const [sectorBytes, reserved] = [head.readUInt16LE(11), head.readUInt16LE(14)];
  const fatSectors16 = head.readUInt16LE(22);
  if (fatSectors16 === 0) {
    if ((head.readUInt8(65) & 1) !== 0) return true;
    return ((await read(reserved * sectorBytes, 8)).readUInt32LE(4) & 0x0800_0000) === 0;
  }
  if ((head.readUInt8(37) & 1) !== 0) return true;
  const sectors = head.readUInt16LE(19) || head.readUInt32LE(32);
  const rootSectors = Math.ceil((head.readUInt16LE(17) * 32) / sectorBytes);
  const data = sectors - reserved - head.readUInt8(16) * fatSectors16 - rootSectors;
  if (Math.floor(data / head.readUInt8(13)) < FAT16_CLUSTERS) return false;
  return ((await read(reserved * sectorBytes, 4)).readUInt16LE(2) & 0x8000) === 0;
}

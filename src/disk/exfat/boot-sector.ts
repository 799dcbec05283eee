import type { VolumeReader } from '../volume-reader.ts';
import { expectExfat } from './damaged.ts';

/** Where the parts of an exFAT volume lie; places in bytes from its start. */
export interface ExfatGeometry {
  readonly clusterBytes: number;
  /** Where the FAT in use starts. */
  readonly fatAt: number;
  /** Allocation bitmaps that the root directory has to name: two on a TexFAT volume. */
  readonly bitmaps: 1 | 2;
  /** Where cluster 2 starts. */
  readonly heapAt: number;
  /** Clusters of the heap; their numbers start at 2. */
  readonly clusters: number;
  readonly rootCluster: number;
}

const MOST_CLUSTERS = 0xffff_fff5;
const VERSION = 0x0100;
const ACTIVE_FAT = 0x01;
const DIRTY = 0x02;
const FLAGS_AT = 106;
/** VolumeFlags and PercentInUse change all the time and are left out of the checksum. */
const NOT_SUMMED = [FLAGS_AT, FLAGS_AT + 1, 112];
const BOOT_SECTORS = 11;

/** Whether an exFAT volume says of itself that it was not unmounted cleanly. @param head its first sector */
export function isDirtyExfat(head: Buffer): boolean {
  return (head.readUInt16LE(FLAGS_AT) & DIRTY) !== 0;
}

/**
 * Reads the boot region of an exFAT volume (Microsoft's "exFAT file system specification", section 3) and
 * checks its checksum.
 *
 * @throws MimeoError `volume-damaged` when it is damaged, of another version, or larger than its partition
 */
export async function readExfatGeometry(read: VolumeReader, lengthBytes: number): Promise<ExfatGeometry> {
  expectExfat(lengthBytes >= 512, 'it is shorter than a sector');
  const sector = await read(0, 512);
  const [sectorShift, clusterShift] = [sector.readUInt8(108), sector.readUInt8(109)];
  expectExfat(sector.toString('latin1', 3, 11) === 'EXFAT   ', 'it has another name');
  expectExfat(sector.readUInt16LE(510) === 0xaa55, 'its boot sector has no signature');
  expectExfat(
    sectorShift >= 9 && sectorShift <= 12 && sectorShift + clusterShift <= 25,
    'its clusters are odd',
  );
  const sectorBytes = 2 ** sectorShift;
  await checkBootChecksum(read, sectorBytes);

  const clusterBytes = sectorBytes * 2 ** clusterShift;
  const volumeSectors = sector.readBigUInt64LE(72);
  const [fatOffset, fatLength] = [sector.readUInt32LE(80), sector.readUInt32LE(84)];
  const [heapOffset, clusters] = [sector.readUInt32LE(88), sector.readUInt32LE(92)];
  const fats = sector.readUInt8(110);
  const activeFat = sector.readUInt16LE(FLAGS_AT) & ACTIVE_FAT;
  expectExfat(sector.readUInt16LE(104) === VERSION, `its version ${sector.readUInt16LE(104)} is not known`);
  expectExfat(volumeSectors * BigInt(sectorBytes) <= BigInt(lengthBytes), 'it is larger than its partition');
  expectExfat(fats === 1 || fats === 2, `it has ${fats} FATs`);
  expectExfat(activeFat < fats, 'it uses a FAT that it does not have');
  expectExfat(fatOffset >= 24 && fatOffset + fatLength * fats <= heapOffset, 'its FAT lies elsewhere');
  expectExfat(clusters > 0 && clusters <= MOST_CLUSTERS, `it has ${clusters} clusters`);
  expectExfat((clusters + 2) * 4 <= fatLength * sectorBytes, 'its FAT is too short for its clusters');
  expectExfat(
    heapOffset * sectorBytes + clusters * clusterBytes <= Number(volumeSectors) * sectorBytes,
    'its clusters do not fit',
  );
  return {
    clusterBytes,
    fatAt: (fatOffset + activeFat * fatLength) * sectorBytes,
    bitmaps: fats,
    heapAt: heapOffset * sectorBytes,
    clusters,
    rootCluster: sector.readUInt32LE(96),
  };
}

/** The twelfth sector repeats the checksum of the eleven before it. */
async function checkBootChecksum(read: VolumeReader, sectorBytes: number): Promise<void> {
  const region = await read(0, (BOOT_SECTORS + 1) * sectorBytes);
  let sum = 0;
  for (const [i, byte] of region.subarray(0, BOOT_SECTORS * sectorBytes).entries()) {
    if (!NOT_SUMMED.includes(i)) sum = (((sum << 31) | (sum >>> 1)) + byte) >>> 0;
  }
  expectExfat(
    sum === region.readUInt32LE(BOOT_SECTORS * sectorBytes),
    'the checksum of its boot sectors is wrong',
  );
}

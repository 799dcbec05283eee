import { MimeoError } from '../../errors.ts';
import type { VolumeReader } from '../volume-reader.ts';

/** Where the parts of a FAT volume lie; places in bytes from its start. */
export interface FatGeometry {
  readonly bits: 12 | 16 | 32;
  readonly clusterBytes: number;
  /** Where each copy of the FAT starts. */
  readonly fatsAt: readonly number[];
  /** Bytes of a FAT that belong to clusters. */
  readonly fatBytes: number;
  /** Where cluster 2 starts. */
  readonly dataAt: number;
  /** Clusters of data; their numbers start at 2. */
  readonly clusters: number;
}

/**
 * Up to so many clusters every driver reads a FAT12, from `LEAST_FAT16` on every driver reads a FAT16.
 * Microsoft's specification draws the line at 4085, Windows' own driver at 4087.
 */
const MOST_FAT12 = 4084;
const LEAST_FAT16 = 4087;
const MOST_FAT16 = 65_524;
/** 28 bits less the marks for bad clusters and ends of chains. */
const MOST_FAT32 = 0x0fff_fff5;
const MOST_FATS = 4;

/**
 * Reads the boot sector of a FAT12, FAT16 or FAT32 volume, and looks whether its FATs are where it says.
 *
 * @throws MimeoError `volume-damaged` when its fields contradict each other or the volume's length
 */
export async function readFatGeometry(read: VolumeReader, lengthBytes: number): Promise<FatGeometry> {
  expect(lengthBytes >= 512, 'it is shorter than a sector');
  const sector = await read(0, 512);
  const sectorBytes = sector.readUInt16LE(11);
  const perCluster = sector.readUInt8(13);
  const reserved = sector.readUInt16LE(14);
  const fats = sector.readUInt8(16);
  const rootEntries = sector.readUInt16LE(17);
  const sectors = sector.readUInt16LE(19) || sector.readUInt32LE(32);
  const fatSectors16 = sector.readUInt16LE(22);
  const fatSectors = fatSectors16 || sector.readUInt32LE(36);
  expect(sector.readUInt16LE(510) === 0xaa55, 'its boot sector has no signature');
  expect([512, 1024, 2048, 4096].includes(sectorBytes), `its sectors have ${sectorBytes} bytes`);
  expect(perCluster > 0 && (perCluster & (perCluster - 1)) === 0, `${perCluster} sectors make a cluster`);
  expect(reserved > 0 && fatSectors > 0, 'it has no FAT');
  expect(fats > 0 && fats <= MOST_FATS, `it has ${fats} FATs`);
  expect(sectors * sectorBytes <= lengthBytes, 'it is larger than its partition');

  const dataSector = reserved + fats * fatSectors + Math.ceil((rootEntries * 32) / sectorBytes);
  const clusters = Math.floor((sectors - dataSector) / perCluster);
  expect(clusters > 0, 'its FATs leave no room for data');
  const bits = kindOf(clusters, fatSectors16 === 0);
  expect(bits !== null, `its boot sector does not fit ${clusters} clusters`);
  expect((bits === 32) === (rootEntries === 0), 'its root directory does not fit its kind of FAT');
  expect(bits !== 32 || sector.readUInt16LE(42) === 0, 'its version of FAT32 is not known');
  const fatBytes = Math.ceil(((clusters + 2) * bits) / 8);
  expect(fatBytes <= fatSectors * sectorBytes, 'its FAT is too short for its clusters');
  const fatsAt = Array.from({ length: fats }, (_, i) => (reserved + i * fatSectors) * sectorBytes);
  for (const fatAt of fatsAt) {
    const [media] = await read(fatAt, 1);
    expect(media === sector.readUInt8(21), 'a FAT does not start with the kind of medium');
  }
  return {
    bits,
    clusterBytes: perCluster * sectorBytes,
    fatsAt,
    fatBytes,
    dataAt: dataSector * sectorBytes,
    clusters,
  };
}

/** Null when it does not make sense, or when drivers would read it differently. */
function kindOf(clusters: number, isFat32: boolean): 12 | 16 | 32 | null {
  // Drivers agree that a missing 16-bit length makes it FAT32, also with fewer clusters than specified.
  if (isFat32) return clusters <= MOST_FAT32 ? 32 : null;
  if (clusters <= MOST_FAT12) return 12;
  return clusters >= LEAST_FAT16 && clusters <= MOST_FAT16 ? 16 : null;
}

function expect(holds: boolean, words: string): asserts holds {
  if (!holds) throw new MimeoError('volume-damaged', `The FAT volume makes no sense: ${words}.`);
}

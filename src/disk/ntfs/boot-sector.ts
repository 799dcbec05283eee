import { MimeoError } from '../../errors.ts';

/** The fields of an NTFS boot sector that we use; sizes and places in bytes. */
export interface NtfsBoot {
  readonly sectorBytes: number;
  readonly clusterBytes: number;
  /** Sectors of the volume; the partition has one more, which holds the copy of the boot sector. */
  readonly totalSectors: number;
  /** Where the MFT starts, from the partition's start. */
  readonly mftAt: number;
  readonly recordBytes: number;
  readonly indexBytes: number;
}

/**
 * Reads an NTFS boot sector.
 * @throws MimeoError `volume-damaged` when its fields make no sense
 */
export function parseNtfsBoot(sector: Buffer): NtfsBoot {
  const sectorBytes = sector.readUInt16LE(11);
  const sectorsPerCluster = powerOrCount(sector.readUInt8(13));
  const clusterBytes = sectorBytes * sectorsPerCluster;
  const boot: NtfsBoot = {
    sectorBytes,
    clusterBytes,
    totalSectors: Number(sector.readBigUInt64LE(0x28)),
    mftAt: Number(sector.readBigUInt64LE(0x30)) * clusterBytes,
    recordBytes: recordSize(sector.readInt8(0x40), clusterBytes),
    indexBytes: recordSize(sector.readInt8(0x44), clusterBytes),
  };
  const sane =
    sector.toString('latin1', 3, 11) === 'NTFS    ' &&
    isPower(sectorBytes) &&
    isPower(clusterBytes) &&
    clusterBytes <= 2_097_152 &&
    boot.recordBytes >= 512 &&
    boot.recordBytes <= 65_536 &&
    boot.indexBytes >= 512 &&
    boot.indexBytes <= 2_097_152 &&
    boot.mftAt + boot.recordBytes <= boot.totalSectors * sectorBytes;
  if (!sane) throw new MimeoError('volume-damaged', 'The boot sector of the NTFS volume makes no sense.');
  return boot;
}

/** Clusters above 64 KiB are stored as a negative power of two. */
function powerOrCount(value: number): number {
  return value > 128 ? 2 ** (256 - value) : value;
}

/** Positive: clusters; negative: a power of two in bytes. */
function recordSize(value: number, clusterBytes: number): number {
  return value > 0 ? value * clusterBytes : 2 ** -value;
}

function isPower(value: number): boolean {
  return value >= 256 && (value & (value - 1)) === 0;
}

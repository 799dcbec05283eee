import { open } from 'node:fs/promises';
import { MimeoError } from '../errors.ts';

/** What starts a disk from its first sectors. */
export interface BootArea {
  /** The MBR's 440 bytes of code. */
  readonly code: Uint8Array;
  /** What lies between the MBR and the first partition (GRUB's core, as far as it is known); may be empty. */
  readonly loader: Uint8Array;
  /** The table beside the code, when the whole sector is known: what the disk was called and divided into. */
  readonly table: { readonly diskId: string; readonly partitions: readonly FormerPartition[] } | null;
}

/** Where a primary partition was on the disk. */
export interface FormerPartition {
  readonly startByte: number;
  readonly lengthBytes: number;
  /** Two hex digits. */
  readonly type: string;
  readonly active: boolean;
}

const CODE_BYTES = 440;
const SECTOR = 512;
/** The first partition of no disk that still boots starts later. */
const AREA_BYTES = 1_048_576;

/**
 * The boot code in the first sectors of a disk: 440 bytes of an MBR are enough; its table and the loader after it
 * are taken when they are there too.
 *
 * @param bytes from the disk's start, at least 440
 * @returns null when there is no boot code in it
 */
export function bootAreaOf(bytes: Buffer): BootArea | null {
  const code = bytes.subarray(0, CODE_BYTES);
  if (code.length < CODE_BYTES || code.every((byte) => byte === 0)) return null;
  if (bytes.length >= SECTOR && (bytes[510] !== 0x55 || bytes[511] !== 0xaa)) return null;
  const table = bytes.length >= SECTOR ? tableOf(bytes) : null;
  return { code, loader: bytes.subarray(SECTOR, AREA_BYTES), table };
}

function tableOf(sector: Buffer): BootArea['table'] {
  const partitions = [446, 462, 478, 494].map((at) => ({
    active: sector.readUInt8(at) === 0x80,
    type: sector.toString('hex', at + 4, at + 5).toUpperCase(),
    startByte: sector.readUInt32LE(at + 8) * SECTOR,
    lengthBytes: sector.readUInt32LE(at + 12) * SECTOR,
  }));
  const diskId = sector.readUInt32LE(440).toString(16).padStart(8, '0').toUpperCase();
  return { diskId, partitions: partitions.filter(({ type }) => type !== '00') };
}

/**
 * Reads a disk's boot code from a file such as Clonezilla's `sda-mbr`.
 * @throws MimeoError `import-unsupported` when the file is none
 */
export async function readBootArea(path: string): Promise<BootArea> {
  const bytes = Buffer.alloc(AREA_BYTES);
  let length: number;
  try {
    await using file = await open(path, 'r');
    length = (await file.read(bytes, 0, bytes.length, 0)).bytesRead;
  } catch (error) {
    throw new MimeoError('import-unsupported', `${path} could not be read: ${String(error)}.`, {
      cause: error,
      next: 'Name a file with the first 512 bytes of a disk.',
    });
  }
  const area = bootAreaOf(bytes.subarray(0, length));
  if (area !== null) return area;
  throw new MimeoError('import-unsupported', `${path} (${length} bytes) holds no boot code of a disk.`, {
    next: 'Name a file with the first 512 bytes of a disk that starts.',
  });
}

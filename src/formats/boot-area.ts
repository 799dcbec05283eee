import { open } from 'node:fs/promises';
import { MimeoError } from '../errors.ts';

/** What starts a disk from its first sectors. */
export interface BootArea {
  /** The MBR's 440 bytes of code. */
  readonly code: Uint8Array;
  /** What lies between the MBR and the first partition (GRUB's core, as far as it is known); may be empty. */
  readonly loader: Uint8Array;
}

const CODE_BYTES = 440;
const SECTOR = 512;
/** The first partition of no disk that still boots starts later. */
const AREA_BYTES = 1_048_576;

/**
 * The boot code in the first sectors of a disk: 440 bytes of an MBR are enough, the loader after it is taken
 * when it is there too. What the sector says of partitions does not matter.
 *
 * @param bytes from the disk's start, at least 440
 * @returns null when there is no boot code in it
 */
export function bootAreaOf(bytes: Uint8Array): BootArea | null {
  const code = bytes.subarray(0, CODE_BYTES);
  if (code.length < CODE_BYTES || code.every((byte) => byte === 0)) return null;
  if (bytes.length >= SECTOR && (bytes[510] !== 0x55 || bytes[511] !== 0xaa)) return null;
  return { code, loader: bytes.subarray(SECTOR, AREA_BYTES) };
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

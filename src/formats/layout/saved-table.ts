import { readLayoutFrom, type TableSource } from '../../disk/index.ts';
import { MimeoError } from '../../errors.ts';
import type { DiskLayout } from '../../image/index.ts';
import { damaged } from '../damage.ts';

/** Bytes of a disk that a backup kept, and where they lay. */
export interface SavedPiece {
  readonly offset: number;
  readonly bytes: Buffer;
}

const SECTOR = 512;
const MIB = 1_048_576;
const ENTRIES_BYTES = 16_384;

/**
 * Reads a partition table from saved pieces of its disk; what was not saved reads as zeros.
 *
 * @param path what is named in errors
 * @param sizeBytes of the disk; null: as its GPT says
 * @throws MimeoError `import-damaged`
 */
export async function readSavedLayout(
  pieces: readonly SavedPiece[],
  path: string,
  sizeBytes: number | null,
): Promise<DiskLayout> {
  const told = sizeBytes ?? diskBytesOf(pieces);
  const source: TableSource = {
    name: `The disk of ${path}`,
    sizeBytes: told ?? Number.MAX_SAFE_INTEGER,
    sectorBytes: SECTOR,
    read: (offset, length) => Promise.resolve(readPieces(pieces, offset, length)),
  };
  try {
    const layout = await readLayoutFrom(source);
    return told === null ? { ...layout, diskBytes: endOf(layout) } : layout;
  } catch (error) {
    if (!(error instanceof MimeoError) || error.code !== 'table-unreadable') throw error;
    throw damaged({ path, offset: 0, compressed: false }, error.message.replace(/\.$/, ''), error);
  }
}

/**
 * What `sgdisk --backup` wrote: the protective MBR, the main header, the second header, and the entries, a
 * sector each and the entries to the end (sgdisk's manual).
 */
export function sgdiskBackup(bytes: Buffer): SavedPiece[] {
  return [
    { offset: 0, bytes: bytes.subarray(0, SECTOR) },
    { offset: SECTOR, bytes: bytes.subarray(SECTOR, 2 * SECTOR) },
    { offset: 2 * SECTOR, bytes: bytes.subarray(3 * SECTOR, 3 * SECTOR + ENTRIES_BYTES) },
  ];
}

/** Whether bytes are such a backup: both headers in a row. */
export function isSgdiskBackup(bytes: Buffer): boolean {
  const mark = (at: number): boolean => bytes.toString('latin1', at, at + 8) === 'EFI PART';
  return mark(SECTOR) && mark(2 * SECTOR);
}

/** An MBR does not know its disk's size: it reaches to the last partition's end at least. */
function endOf({ partitions }: DiskLayout): number {
  const end = Math.max(SECTOR, ...partitions.map(({ startByte, lengthBytes }) => startByte + lengthBytes));
  return Math.ceil(end / MIB) * MIB;
}

/** The second header lies in the last sector, and the first one knows where that is. */
function diskBytesOf(pieces: readonly SavedPiece[]): number | null {
  const header = readPieces(pieces, SECTOR, SECTOR);
  if (header.toString('latin1', 0, 8) !== 'EFI PART') return null;
  const last = Number(header.readBigUInt64LE(32));
  return Number.isSafeInteger((last + 1) * SECTOR) ? (last + 1) * SECTOR : null;
}

function readPieces(pieces: readonly SavedPiece[], offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (const piece of pieces) {
    const from = Math.max(offset, piece.offset);
    const to = Math.min(offset + length, piece.offset + piece.bytes.length);
    if (from < to) piece.bytes.copy(bytes, from - offset, from - piece.offset, to - piece.offset);
  }
  return bytes;
}

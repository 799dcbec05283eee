import { MimeoError } from '../errors.ts';
import { flushDisk } from './flush.ts';
import { readDiskLayout } from './layout.ts';
import { type Disk, readAt, writeAt } from './open-disk.ts';
import type { SavedTable } from './saved-table.ts';
import { ENTRIES_BYTES } from './table/gpt.ts';

/** Where loaders and tables may be: the gap before the first partition, at most this far. */
const HEAD_BYTES = 1_048_576;
/** What is wiped of the head in any case: MBR, GPT header, 128 entries, at either sector size. */
const LEAST_SECTORS = 34;

/**
 * The parts of the disk that make it start: the head up to its first partition (MBR, boot loaders, GPT) and
 * the GPT's backup. Null when there is nothing left to save: no boot sector and no GPT in either place. A
 * disk whose deploy was cut short is in that state, and its head may hold the image's data already.
 */
export async function readSavedTable(disk: Disk): Promise<SavedTable | null> {
  // Not a sector more: the last one before it may belong to a partition that is kept.
  const tailAt = Math.max(0, disk.sizeBytes - ENTRIES_BYTES - disk.sectorBytes);
  const tail = await readAt(disk, tailAt, disk.sizeBytes - tailAt);
  const backup = hasGptHeader(tail.subarray(-disk.sectorBytes)) ? [{ offset: tailAt, bytes: tail }] : [];
  const start = await readAt(disk, 0, 2 * disk.sectorBytes);
  const blank = start.subarray(0, disk.sectorBytes).every((byte) => byte === 0);
  if (blank && backup.length === 0 && !hasGptHeader(start.subarray(disk.sectorBytes))) return null;
  const head = await readAt(disk, 0, await headBytes(disk));
  return { diskBytes: disk.sizeBytes, pieces: [{ offset: 0, bytes: head }, ...backup] };
}

/**
 * Wipes what {@link readSavedTable} returned, so that neither a BIOS (no boot signature, no code) nor UEFI
 * (no GPT in either place, no protective MBR) starts anything from this disk, and makes sure that this is on
 * the disk before it resolves. May be repeated.
 *
 * @throws MimeoError `disk-lies` when the old bytes are still there afterwards
 */
export async function makeUnbootable(disk: Disk, saved: SavedTable | null): Promise<void> {
  if (saved === null) return;
  for (const { offset, bytes } of saved.pieces) await writeAt(disk, offset, Buffer.alloc(bytes.length));
  await flushDisk(disk);
  for (const { offset, bytes } of saved.pieces) {
    if (!(await readAt(disk, offset, bytes.length)).every((byte) => byte === 0)) {
      throw new MimeoError(
        'disk-lies',
        `${disk.path} still holds its old partition table after it was wiped.`,
      );
    }
  }
}

/** A readable table says where the first partition starts; without one the whole MiB goes. */
async function headBytes(disk: Disk): Promise<number> {
  const least = LEAST_SECTORS * disk.sectorBytes;
  const first = await readDiskLayout(disk).then(
    (layout) => Math.min(HEAD_BYTES, ...layout.partitions.map((partition) => partition.startByte)),
    (error: unknown) => {
      if (error instanceof MimeoError && error.code === 'table-unreadable') return HEAD_BYTES;
      throw error;
    },
  );
  return Math.min(disk.sizeBytes, Math.max(first, least));
}

function hasGptHeader(sector: Buffer): boolean {
  return sector.toString('latin1', 0, 8) === 'EFI PART';
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Holdings } from '../network/index.ts';
import { type Extent, extractPartition, SECTOR } from '../ntfs/partition.ts';
import { readBootRecord } from './boot-record.ts';
import type { FactSheet } from './facts.ts';
import { readFatVolume } from './fat-volume.ts';
import { ntfsComplaint, readNtfsVolume } from './ntfs-volume.ts';
import { readPartitionTable } from './partition-table.ts';

/** NTFS partitions as the two kinds of table name them. */
const NTFS_TYPES = ['7', 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7'];
const ESP_TYPE = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';

/** All that can be known of a disk from outside. */
export interface DiskFacts {
  readonly table: FactSheet;
  /** Where the Windows volume stands. */
  readonly place: Extent;
  /** Of the Windows volume. */
  readonly bootRecord: FactSheet;
  readonly windows: FactSheet;
  /** What ntfsfix complains of in the Windows volume, or null. */
  readonly complaint: string | null;
  /** Files of the EFI system partition; none on a BIOS disk. */
  readonly esp: FactSheet;
}

/** Reads a whole disk (a raw file) without changing it. Its machine must be off. */
export async function readDisk(
  disk: string,
  options: { readonly folder: string; readonly holdings: Holdings },
): Promise<DiskFacts> {
  await mkdir(options.folder, { recursive: true });
  const scratch = await mkdtemp(join(options.folder, 'compare-'));
  const table = await readPartitionTable(disk);
  const windows = partitionOf(table, NTFS_TYPES);
  const esp = partitionOf(table, [ESP_TYPE]);
  if (windows === null) throw new Error(`${disk} has no NTFS partition`);
  const volume = join(scratch, 'windows.ntfs');
  await extractPartition(disk, windows, volume);
  const fat = join(scratch, 'esp.fat');
  if (esp !== null) await extractPartition(disk, esp, fat);
  const facts = {
    table,
    place: windows,
    bootRecord: await readBootRecord(volume, windows.sectors * SECTOR),
    complaint: await ntfsComplaint(volume),
    windows: await readNtfsVolume(volume, {
      mountPoint: join(scratch, 'windows'),
      holdings: options.holdings,
    }),
    esp: esp === null ? new Map() : await readFatVolume(fat, join(scratch, 'esp')),
  };
  await rm(scratch, { recursive: true });
  return facts;
}

/** Where the first partition of one of these types stands. */
function partitionOf(table: FactSheet, types: readonly string[]): Extent | null {
  for (const [place, facts] of table) {
    if (place === 'disk' || !types.includes(facts['type'] ?? '')) continue;
    return { start: Number(facts['start']), sectors: Number(facts['size']) };
  }
  return null;
}

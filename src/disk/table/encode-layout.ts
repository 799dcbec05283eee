import { MimeoError } from '../../errors.ts';
import type { DiskLayout, PartitionLayout } from '../../image/index.ts';
import { encodeExtended } from './extended.ts';
import { type Geometry, LBA_GEOMETRY } from './geometry.ts';
import { ENTRIES_BYTES, encodeGptEntries, encodeGptHeader } from './gpt.ts';
import { encodeMbr, isExtendedType, type MbrEntry } from './mbr.ts';

export interface TableWrite {
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * A layout as bytes for a disk, in the order in which they must be written: sector 0 comes last, and
 * without it no firmware takes the rest for a table.
 *
 * @throws MimeoError `table-unwritable` when a place is no multiple of a sector, lies where the table itself
 * is, or does not fit the table's fields
 */
export function encodeLayout(layout: DiskLayout, geometry: Geometry = LBA_GEOMETRY): TableWrite[] {
  for (const { number, startByte, lengthBytes } of layout.partitions) {
    if (startByte % layout.sectorBytes !== 0 || lengthBytes % layout.sectorBytes !== 0) {
      throw unwritable(`Partition ${number} is not made of whole sectors.`);
    }
  }
  try {
    return layout.table === 'mbr' ? encodeMbrDisk(layout, geometry) : encodeGptDisk(layout);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unwritable(`A value of the partition table does not fit its field: ${error.message}.`, error);
  }
}

function unwritable(words: string, cause?: unknown): MimeoError {
  return new MimeoError('table-unwritable', words, { cause });
}

function encodeMbrDisk(layout: DiskLayout, geometry: Geometry): TableWrite[] {
  const { sectorBytes } = layout;
  const primary = layout.partitions.filter(({ number }) => number < 5);
  const logical = layout.partitions.filter(({ number }) => number >= 5).sort((a, b) => a.number - b.number);
  const container = primary.find(({ type }) => isExtendedType(Number.parseInt(type, 16)));
  if (container === undefined && logical.length > 0) {
    throw unwritable('There are logical partitions without an extended one.');
  }
  const entries: MbrEntry[] = [1, 2, 3, 4].map((number) => {
    const partition = primary.find((one) => one.number === number);
    return partition === undefined
      ? { active: false, type: 0, start: 0, count: 0 }
      : primaryEntry(partition, sectorBytes);
  });
  const sector0 = Buffer.alloc(sectorBytes);
  const signature = Number.parseInt(layout.diskId, 16);
  encodeMbr({ bootCode: layout.bootCode, signature, entries }, geometry).copy(sector0);
  const ebrs = container === undefined ? [] : encodeExtended(container, logical, sectorBytes, geometry);
  return [...ebrs, { offset: 0, bytes: sector0 }];
}

function primaryEntry(partition: PartitionLayout, sectorBytes: number): MbrEntry {
  return {
    active: partition.active,
    type: Number.parseInt(partition.type, 16),
    start: partition.startByte / sectorBytes,
    count: partition.lengthBytes / sectorBytes,
  };
}

function encodeGptDisk(layout: DiskLayout): TableWrite[] {
  const { sectorBytes } = layout;
  const last = Math.floor(layout.diskBytes / sectorBytes) - 1;
  const entries = encodeGptEntries(
    layout.partitions.map((partition) => {
      if (partition.gpt === null) throw unwritable(`Partition ${partition.number} has no GPT identity.`);
      const first = partition.startByte / sectorBytes;
      return {
        number: partition.number,
        type: partition.type,
        ...partition.gpt,
        first,
        last: first + partition.lengthBytes / sectorBytes - 1,
      };
    }),
  );
  const entrySectors = Math.max(entries.length, ENTRIES_BYTES) / sectorBytes;
  const usable = { firstUsable: 2 + Math.ceil(entrySectors), lastUsable: last - Math.ceil(entrySectors) - 1 };
  for (const { number, startByte, lengthBytes } of layout.partitions) {
    if (
      startByte / sectorBytes < usable.firstUsable ||
      (startByte + lengthBytes) / sectorBytes - 1 > usable.lastUsable
    ) {
      throw unwritable(`Partition ${number} lies where the GPT itself has to be.`);
    }
  }
  const common = { diskId: layout.diskId, ...usable };
  const backupEntriesAt = usable.lastUsable + 1;
  const backup = encodeGptHeader(
    { ...common, own: last, other: 1, entriesAt: backupEntriesAt },
    entries,
    sectorBytes,
  );
  const main = encodeGptHeader({ ...common, own: 1, other: last, entriesAt: 2 }, entries, sectorBytes);
  return [
    { offset: backupEntriesAt * sectorBytes, bytes: entries },
    { offset: last * sectorBytes, bytes: backup },
    { offset: 2 * sectorBytes, bytes: entries },
    { offset: sectorBytes, bytes: main },
    { offset: 0, bytes: protectiveMbr(layout, last) },
  ];
}

/** One entry of type EE over the whole disk, with the cylinder addresses that the UEFI specification asks for. */
function protectiveMbr(layout: DiskLayout, last: number): Buffer {
  const sector = Buffer.alloc(layout.sectorBytes);
  const count = Math.min(last, 0xffff_ffff);
  const entry = { active: false, type: 0xee, start: 1, count };
  encodeMbr({ bootCode: layout.bootCode, signature: 0, entries: [entry] }).copy(sector);
  sector.set([0x00, 0x02, 0x00], 447);
  sector.set([0xff, 0xff, 0xff], 451);
  return sector;
}

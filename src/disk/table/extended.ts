import { MimeoError } from '../../errors.ts';
import type { PartitionLayout } from '../../image/index.ts';
import { ebrPlaces } from './ebr-places.ts';
import type { Geometry } from './geometry.ts';
import { encodeMbr, isExtendedType, MBR_BYTES, type MbrEntry, parseMbr } from './mbr.ts';

/** Reads exactly `length` bytes at `offset`. */
export type ReadBytes = (offset: number, length: number) => Promise<Buffer>;

/** More logical partitions than any system makes; a chain that is longer runs in a circle. */
const MOST_LOGICAL = 124;

/** A logical partition's entry with its absolute first sector. */
export interface LogicalEntry {
  readonly entry: MbrEntry;
  readonly start: number;
}

/** Follows the chain of EBRs of an extended partition; places in sectors. */
export async function readLogical(
  read: ReadBytes,
  container: { start: number; count: number },
  sectorBytes: number,
): Promise<LogicalEntry[]> {
  const found: LogicalEntry[] = [];
  const seen = new Set<number>();
  let at: number | null = container.start;
  while (at !== null) {
    if (seen.has(at) || seen.size > MOST_LOGICAL || at >= container.start + container.count) {
      throw new MimeoError('table-unreadable', `The chain of logical partitions is broken at sector ${at}.`);
    }
    seen.add(at);
    const ebr = parseMbr(await read(at * sectorBytes, sectorBytes));
    // A fresh, empty extended partition often has no EBR at all.
    if (ebr === null && found.length === 0 && at === container.start) return [];
    if (ebr === null) {
      throw new MimeoError('table-unreadable', `The logical partition's table at sector ${at} is damaged.`);
    }
    for (const entry of ebr.entries) {
      if (entry.type !== 0 && !isExtendedType(entry.type)) found.push({ entry, start: at + entry.start });
    }
    const link = ebr.entries.find((entry) => isExtendedType(entry.type));
    at = link === undefined ? null : container.start + link.start;
  }
  return found;
}

/**
 * The EBRs that lead to the given logical partitions, in the order of their numbers; an empty one when there
 * are none, over whatever the disk held there.
 *
 * @throws MimeoError `table-unwritable` when there is no free sector before one of them
 */
export function encodeExtended(
  container: PartitionLayout,
  logical: readonly PartitionLayout[],
  sectorBytes: number,
  geometry: Geometry,
): { offset: number; bytes: Buffer }[] {
  const base = container.startByte;
  const places = ebrPlaces(container, logical, sectorBytes);
  if (logical.length === 0) return [{ offset: base, bytes: ebrSector([], sectorBytes, geometry) }];
  return logical.map((partition, i) => {
    const ebr = places[i] ?? base;
    const next = logical[i + 1];
    const nextEbr = places[i + 1];
    const own = entryOf(partition, ebr, sectorBytes);
    const link =
      next === undefined || nextEbr === undefined
        ? []
        : [
            {
              active: false,
              type: 0x05,
              start: (nextEbr - base) / sectorBytes,
              count: (next.startByte + next.lengthBytes - nextEbr) / sectorBytes,
              base: base / sectorBytes,
            },
          ];
    return { offset: ebr, bytes: ebrSector([own, ...link], sectorBytes, geometry) };
  });
}

function ebrSector(
  entries: readonly (MbrEntry & { base: number })[],
  sectorBytes: number,
  geometry: Geometry,
): Buffer {
  const bytes = Buffer.alloc(sectorBytes);
  const ebr = encodeMbr({ bootCode: Buffer.alloc(440), signature: 0, entries }, geometry);
  ebr.copy(bytes, 0, 0, MBR_BYTES);
  return bytes;
}

function entryOf(partition: PartitionLayout, ebr: number, sectorBytes: number): MbrEntry & { base: number } {
  return {
    active: partition.active,
    type: Number.parseInt(partition.type, 16),
    start: (partition.startByte - ebr) / sectorBytes,
    count: partition.lengthBytes / sectorBytes,
    base: ebr / sectorBytes,
  };
}

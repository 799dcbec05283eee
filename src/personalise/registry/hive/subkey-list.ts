import type { Cells } from './cells.ts';

/** Bytes of one entry in each kind of list; `lf` and `lh` have a hash behind the offset. */
const ENTRY: Readonly<Record<string, number>> = { li: 4, lf: 8, lh: 8 };

/**
 * The offsets of a key's subkeys, from one list (`lf`, `lh`, `li`) or a list of lists (`ri`).
 *
 * @param count how many the key says it has
 * @throws MimeoError `hive-invalid`, also before anything is followed that is not what the key says
 */
export function subkeyOffsets(cells: Cells, offset: number, count: number): number[] {
  const list = cells.record(offset, 'a list of subkeys');
  const lists = kindOf(list) === 'ri' ? offsetsIn(cells, offset, list, 4) : [offset];
  if (new Set(lists).size !== lists.length)
    throw cells.invalid(offset, 'a list of subkeys names one part twice');
  const offsets: number[] = [];
  for (const part of lists) {
    const record = cells.record(part, 'a list of subkeys');
    const entry = ENTRY[kindOf(record)];
    if (entry === undefined) throw cells.invalid(part, 'a list of subkeys should be there, and it is none');
    for (const one of offsetsIn(cells, part, record, entry)) offsets.push(one);
    if (offsets.length > count) break;
  }
  if (offsets.length !== count) {
    throw cells.invalid(
      offset,
      `a key with ${count} subkeys has a list of ${offsets.length > count ? 'more' : offsets.length}`,
    );
  }
  return offsets;
}

function kindOf(record: Buffer): string {
  return record.toString('latin1', 0, 2);
}

function offsetsIn(cells: Cells, offset: number, record: Buffer, entry: number): number[] {
  const count = record.readUInt16LE(2);
  if (record.length < 4 + count * entry) {
    throw cells.invalid(offset, `a list of ${count} subkeys is too short for them`);
  }
  return Array.from({ length: count }, (_, index) => record.readUInt32LE(4 + index * entry));
}

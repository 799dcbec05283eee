import type { PartitionLayout } from '../../image/index.ts';
import { damaged } from '../damage.ts';
import { attributeBits, textOf } from './sfdisk-values.ts';

/** What `sfdisk --dump` tells of a disk: everything but its size and boot code. */
export interface SfdiskDump {
  readonly table: 'mbr' | 'gpt';
  readonly sectorBytes: number;
  /** As in a disk's layout; null in dumps from before util-linux 2.26. */
  readonly diskId: string | null;
  /** GPT: the last sector that partitions may use; null when it is not told. */
  readonly lastUsable: number | null;
  readonly partitions: readonly PartitionLayout[];
}

const PARTITION = /^(?<node>[^\s#]*?)(?<number>\d+)\s*:\s*(?<values>.+)$/s;
/** A line that must have been one of a partition, or is no text: a partition would be lost in silence. */
const GARBLED = /\b(?:start|size)\s*=|[\0\ufffd]/;
/** `name=value`, the value quoted or up to the next comma. */
const VALUE = /(?<name>[A-Za-z-]+)(?:\s*=\s*(?:"(?<quoted>[^"]*)"|(?<plain>[^,]*)))?\s*(?:,|$)/g;
const PROTECTIVE = 'EE';
/** No disk has more, and sums of two such places are still exact. */
const MOST_BYTES = 2 ** 51;

/**
 * Reads the text that `sfdisk -d` writes, of any version of util-linux (the old one writes `Id=` for the type).
 *
 * @param path where it was read, for errors
 * @throws MimeoError `import-damaged` with the line's offset
 */
export function parseSfdiskDump(text: string, path: string): SfdiskDump {
  const header = new Map<string, string>();
  const partitions: PartitionLayout[] = [];
  const lines = linesOf(text);
  for (const { line } of lines) {
    const colon = /^([a-z-]+):\s*(.*)$/.exec(line);
    if (colon !== null) header.set(colon[1] ?? '', (colon[2] ?? '').trim());
  }
  const table = header.get('label') === 'gpt' ? 'gpt' : 'mbr';
  const sectorBytes = Number(header.get('sector-size') ?? 512);
  const fail = (offset: number, words: string): Error => damaged({ path, offset, compressed: false }, words);
  if (sectorBytes !== 512 && sectorBytes !== 4096) throw fail(0, `a sector cannot have ${sectorBytes} bytes`);
  if (header.has('unit') && header.get('unit') !== 'sectors') throw fail(0, 'its unit should be sectors');
  for (const { line, offset } of lines) {
    const found = PARTITION.exec(line)?.groups;
    if (found === undefined && !GARBLED.test(line)) continue;
    const partition = partitionOf(Number(found?.['number']), found?.['values'] ?? '', table, sectorBytes);
    if (partition === null)
      throw fail(offset, `the line ${JSON.stringify(line)} does not describe a partition`);
    if (partition.lengthBytes > 0) partitions.push(partition);
  }
  if (partitions.length === 0) throw fail(0, 'it lists no partition');
  const id = header.get('label-id');
  const diskId = diskIdOf(id, table);
  // Windows knows its drive letters by it: a new one would be another disk to it.
  if (diskId === null && (id !== undefined || table === 'gpt')) {
    throw fail(0, `its label-id ${JSON.stringify(id ?? '')} is no ${table === 'gpt' ? 'GUID' : 'disk id'}`);
  }
  const last = header.get('last-lba');
  const lastUsable = last === undefined ? null : sectorsOf(last, sectorBytes);
  if (last !== undefined && lastUsable === null) {
    throw fail(0, `its last-lba ${JSON.stringify(last)} is no number of a sector`);
  }
  return {
    table,
    sectorBytes,
    diskId,
    lastUsable,
    partitions: partitions.sort((a, b) => a.number - b.number),
  };
}

/** Whether the dump shows only the entry that protects a GPT: an sfdisk from before 2.26 knew no GPT. */
export function hidesGpt({ table, partitions }: SfdiskDump): boolean {
  return table === 'mbr' && partitions.some(({ type }) => type === PROTECTIVE);
}

function partitionOf(
  number: number,
  values: string,
  table: 'mbr' | 'gpt',
  sectorBytes: number,
): PartitionLayout | null {
  const fields = new Map<string, string>();
  for (const { groups } of values.matchAll(VALUE)) {
    const value = groups?.['quoted'] ?? groups?.['plain'] ?? '';
    const name = (groups?.['name'] ?? '').toLowerCase();
    // Two lines that became one.
    if (fields.has(name)) return null;
    fields.set(name, value.trim());
  }
  const start = sectorsOf(fields.get('start'), sectorBytes);
  const size = sectorsOf(fields.get('size'), sectorBytes);
  const type = fields.get('type') ?? fields.get('id') ?? '';
  if (start === null || size === null || !(number >= 1)) return null;
  const place = { number, startByte: start * sectorBytes, lengthBytes: size * sectorBytes };
  if (table === 'mbr') {
    if (!/^[0-9a-f]{1,2}$/i.test(type)) return null;
    const active = fields.has('bootable');
    return { ...place, type: type.padStart(2, '0').toUpperCase(), active, gpt: null };
  }
  const id = fields.get('uuid') ?? '';
  if (!isGuid(type) || !isGuid(id)) return null;
  const gpt = {
    id: id.toUpperCase(),
    name: textOf(fields.get('name') ?? ''),
    attributes: attributeBits(fields.get('attrs') ?? ''),
  };
  return { ...place, type: type.toUpperCase(), active: false, gpt };
}

/** A number of sectors; null when it is none, or more than any disk has. */
function sectorsOf(text: string | undefined, sectorBytes: number): number | null {
  const sectors = /^\d{1,15}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return sectors * sectorBytes <= MOST_BYTES ? sectors : null;
}

function diskIdOf(id: string | undefined, table: 'mbr' | 'gpt'): string | null {
  if (id === undefined) return null;
  if (table === 'gpt') return isGuid(id) ? id.toUpperCase() : null;
  return /^0x[0-9a-f]{1,8}$/i.test(id) ? id.slice(2).padStart(8, '0').toUpperCase() : null;
}

function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

function linesOf(text: string): { line: string; offset: number }[] {
  let offset = 0;
  return text.split('\n').map((line) => {
    const at = offset;
    offset += Buffer.byteLength(line) + 1;
    return { line: line.trim(), offset: at };
  });
}

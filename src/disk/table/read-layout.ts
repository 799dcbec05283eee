import { MimeoError } from '../../errors.ts';
import type { DiskLayout, PartitionLayout } from '../../image/index.ts';
import { type ReadBytes, readLogical } from './extended.ts';
import { type GptEntry, type GptHeader, parseGptEntries, parseGptHeader } from './gpt.ts';
import { isExtendedType, type Mbr, type MbrEntry, parseMbr } from './mbr.ts';

/** A disk as far as its partition table is concerned. */
export interface TableSource {
  /** For messages. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly sectorBytes: number;
  readonly read: ReadBytes;
}

const PROTECTIVE = 0xee;

/**
 * Reads the partition table of a disk, MBR (with logical partitions) or GPT (the backup when the first
 * copy is damaged). An MBR container of logical partitions is in `partitions` like any other.
 *
 * @throws MimeoError `table-unreadable` when there is none, when it is hybrid, damaged or leads past the disk
 */
export async function readLayoutFrom(source: TableSource): Promise<DiskLayout> {
  const mbr = parseMbr(await source.read(0, source.sectorBytes));
  if (mbr === null) throw unreadable(source, 'has no partition table');
  const protective = mbr.entries.some((entry) => entry.type === PROTECTIVE);
  const others = mbr.entries.some((entry) => entry.type !== 0 && entry.type !== PROTECTIVE);
  if (protective && others) {
    throw unreadable(source, 'has a hybrid table (GPT and MBR at once), which no two systems read alike');
  }
  const layout = protective ? await gptLayout(source, mbr) : await mbrLayout(source, mbr);
  checkPlaces(source, layout);
  return layout;
}

async function mbrLayout(source: TableSource, mbr: Mbr): Promise<DiskLayout> {
  const { sectorBytes } = source;
  const partitions: PartitionLayout[] = [];
  let number = 5;
  if (mbr.entries.filter(({ type }) => isExtendedType(type)).length > 1) {
    throw unreadable(source, 'has two extended partitions');
  }
  for (const [i, entry] of mbr.entries.entries()) {
    if (entry.type === 0) continue;
    partitions.push(fromMbr(i + 1, entry, entry.start, sectorBytes));
    if (!isExtendedType(entry.type)) continue;
    if ((entry.start + entry.count) * sectorBytes > source.sizeBytes) {
      throw unreadable(source, 'has an extended partition that reaches past its end');
    }
    for (const logical of await readLogical(source.read, entry, sectorBytes)) {
      partitions.push(fromMbr(number++, logical.entry, logical.start, sectorBytes));
    }
  }
  return {
    table: 'mbr',
    diskBytes: source.sizeBytes,
    sectorBytes,
    diskId: mbr.signature.toString(16).padStart(8, '0').toUpperCase(),
    bootCode: mbr.bootCode,
    partitions: partitions.sort((a, b) => a.number - b.number),
  };
}

function fromMbr(number: number, entry: MbrEntry, start: number, sectorBytes: number): PartitionLayout {
  return {
    number,
    startByte: start * sectorBytes,
    lengthBytes: entry.count * sectorBytes,
    type: entry.type.toString(16).padStart(2, '0').toUpperCase(),
    active: entry.active,
    gpt: null,
  };
}

async function gptLayout(source: TableSource, mbr: Mbr): Promise<DiskLayout> {
  const { sectorBytes } = source;
  const gpt =
    (await gptAt(source, 1)) ?? (await gptAt(source, Math.floor(source.sizeBytes / sectorBytes) - 1));
  if (gpt === null) throw unreadable(source, 'has a GPT whose both copies are damaged');
  return {
    table: 'gpt',
    diskBytes: source.sizeBytes,
    sectorBytes,
    diskId: gpt.header.diskId,
    bootCode: mbr.bootCode,
    partitions: gpt.entries.map((entry) => ({
      number: entry.number,
      startByte: entry.first * sectorBytes,
      lengthBytes: (entry.last - entry.first + 1) * sectorBytes,
      type: entry.type,
      active: false,
      gpt: { id: entry.id, name: entry.name, attributes: entry.attributes },
    })),
  };
}

async function gptAt(
  source: TableSource,
  sector: number,
): Promise<{ header: GptHeader; entries: GptEntry[] } | null> {
  const { sectorBytes, sizeBytes } = source;
  const header = parseGptHeader(await source.read(sector * sectorBytes, sectorBytes), sector);
  if (header === null) return null;
  const [at, length] = [header.entriesAt * sectorBytes, header.entryCount * header.entryBytes];
  if (at + length > sizeBytes) return null;
  const entries = parseGptEntries(await source.read(at, length), header);
  return entries === null ? null : { header, entries };
}

function checkPlaces(source: TableSource, layout: DiskLayout): void {
  let end = 0;
  let before = 0;
  const data = layout.partitions.filter(
    (part) => !(layout.table === 'mbr' && isExtendedType(Number.parseInt(part.type, 16))),
  );
  for (const part of [...data].sort((a, b) => a.startByte - b.startByte)) {
    const partEnd = part.startByte + part.lengthBytes;
    if (part.startByte < layout.sectorBytes || part.lengthBytes <= 0 || partEnd > source.sizeBytes) {
      throw unreadable(source, `has a partition ${part.number} that does not lie on it`);
    }
    if (part.startByte < end)
      throw unreadable(source, `has partitions ${before} and ${part.number} that overlap`);
    [end, before] = [partEnd, part.number];
  }
}

function unreadable(source: TableSource, words: string): MimeoError {
  return new MimeoError('table-unreadable', `${source.name} ${words}.`);
}

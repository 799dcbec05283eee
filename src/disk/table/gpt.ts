import { crc32 } from 'node:zlib';
import { BinaryReader, BinaryWriter } from '../../binary.ts';
import { guidBytes, guidText } from './guid.ts';

/** One used entry of a GPT; places in sectors, the last one included. */
export interface GptEntry {
  /** From 1. */
  readonly number: number;
  readonly type: string;
  readonly id: string;
  readonly first: number;
  readonly last: number;
  /** 64 bits as 16 upper-case hex digits. */
  readonly attributes: string;
  readonly name: string;
}

export interface GptHeader {
  readonly diskId: string;
  /** Where this header says it lies, and where its copy lies. */
  readonly own: number;
  readonly other: number;
  readonly entriesAt: number;
  readonly entryCount: number;
  readonly entryBytes: number;
  readonly entriesCrc: number;
}

const SIGNATURE = 'EFI PART';
const HEADER_BYTES = 92;
const ENTRY_BYTES = 128;
const NO_TYPE = '00000000-0000-0000-0000-000000000000';
/** What the UEFI specification reserves for entries at least. */
export const ENTRIES_BYTES = 16_384;

/** Reads a header sector; null when it is none, is damaged (CRC) or says it lies elsewhere. */
export function parseGptHeader(sector: Buffer, at: number): GptHeader | null {
  if (sector.toString('latin1', 0, 8) !== SIGNATURE) return null;
  const headerBytes = sector.readUInt32LE(12);
  if (headerBytes < HEADER_BYTES || headerBytes > sector.length) return null;
  const unsigned = Buffer.from(sector.subarray(0, headerBytes));
  unsigned.writeUInt32LE(0, 16);
  if (crc32(unsigned) !== sector.readUInt32LE(16)) return null;
  try {
    const reader = new BinaryReader(sector, 24);
    const [own, other] = [reader.u64le(), reader.u64le()];
    reader.bytes(16);
    const diskId = guidText(reader.bytes(16));
    const entriesAt = reader.u64le();
    const [entryCount, entryBytes, entriesCrc] = [reader.u32le(), reader.u32le(), reader.u32le()];
    const sane = own === at && entryBytes >= ENTRY_BYTES && entryBytes <= 4096 && entryCount <= 1024;
    return sane ? { diskId, own, other, entriesAt, entryCount, entryBytes, entriesCrc } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Reads the entries that belong to a header; null when their CRC is wrong. */
export function parseGptEntries(bytes: Buffer, header: GptHeader): GptEntry[] | null {
  if (crc32(bytes) !== header.entriesCrc) return null;
  const entries: GptEntry[] = [];
  for (let i = 0; i < header.entryCount; i++) {
    const reader = new BinaryReader(bytes.subarray(i * header.entryBytes, (i + 1) * header.entryBytes));
    const type = guidText(reader.bytes(16));
    if (type === NO_TYPE) continue;
    const id = guidText(reader.bytes(16));
    const [first, last] = [reader.u64le(), reader.u64le()];
    const attributes = Buffer.from(reader.bytes(8)).reverse().toString('hex').toUpperCase();
    const name = reader.bytes(72).toString('utf16le').split('\0', 1)[0] ?? '';
    entries.push({ number: i + 1, type, id, first, last, attributes, name });
  }
  return entries;
}

/** The entry array: 128 entries, more only when a number asks for it. */
export function encodeGptEntries(entries: readonly GptEntry[]): Buffer {
  const count = Math.max(ENTRIES_BYTES / ENTRY_BYTES, ...entries.map((entry) => entry.number));
  const bytes = Buffer.alloc(count * ENTRY_BYTES);
  for (const entry of entries) {
    const name = Buffer.alloc(72);
    name.write(entry.name, 'utf16le');
    new BinaryWriter(ENTRY_BYTES)
      .bytes(guidBytes(entry.type))
      .bytes(guidBytes(entry.id))
      .u64le(entry.first)
      .u64le(entry.last)
      .bytes(Buffer.from(entry.attributes.padStart(16, '0'), 'hex').reverse())
      .bytes(name)
      .toBuffer()
      .copy(bytes, (entry.number - 1) * ENTRY_BYTES);
  }
  return bytes;
}

/** One header as a whole sector. */
export function encodeGptHeader(
  header: Pick<GptHeader, 'diskId' | 'own' | 'other' | 'entriesAt'> & {
    firstUsable: number;
    lastUsable: number;
  },
  entries: Buffer,
  sectorBytes: number,
): Buffer {
  const sector = new BinaryWriter(sectorBytes)
    .bytes(Buffer.from(SIGNATURE))
    .u32le(0x0001_0000)
    .u32le(HEADER_BYTES)
    .zeros(8)
    .u64le(header.own)
    .u64le(header.other)
    .u64le(header.firstUsable)
    .u64le(header.lastUsable)
    .bytes(guidBytes(header.diskId))
    .u64le(header.entriesAt)
    .u32le(entries.length / ENTRY_BYTES)
    .u32le(ENTRY_BYTES)
    .u32le(crc32(entries))
    .zeros(sectorBytes - HEADER_BYTES)
    .toBuffer();
  sector.writeUInt32LE(crc32(sector.subarray(0, HEADER_BYTES)), 16);
  return sector;
}

import { BinaryReader, BinaryWriter } from '../../binary.ts';
import { chsBytes, type Geometry, LBA_GEOMETRY } from './geometry.ts';

/** One of the four slots of an MBR or EBR; places in sectors, as stored. */
export interface MbrEntry {
  readonly active: boolean;
  /** Partition type; 0 means an empty slot. */
  readonly type: number;
  readonly start: number;
  readonly count: number;
}

export interface Mbr {
  /** 440 bytes. */
  readonly bootCode: Buffer;
  readonly signature: number;
  /** Always four. */
  readonly entries: readonly MbrEntry[];
}

export const MBR_BYTES = 512;
const BOOT_CODE_BYTES = 440;
const EMPTY: MbrEntry = { active: false, type: 0, start: 0, count: 0 };
const EXTENDED_TYPES = new Set([0x05, 0x0f, 0x85]);

export function isExtendedType(type: number): boolean {
  return EXTENDED_TYPES.has(type);
}

/** Reads an MBR (or EBR) from the first 512 bytes of a sector; null when they are none. */
export function parseMbr(sector: Buffer): Mbr | null {
  if (sector.length < MBR_BYTES || sector.readUInt16LE(510) !== 0xaa55) return null;
  const reader = new BinaryReader(sector);
  const bootCode = Buffer.from(reader.bytes(BOOT_CODE_BYTES));
  const signature = reader.u32le();
  reader.bytes(2);
  const entries: MbrEntry[] = [];
  for (let i = 0; i < 4; i++) {
    const status = reader.u8();
    reader.bytes(3);
    const type = reader.u8();
    reader.bytes(3);
    const [start, count] = [reader.u32le(), reader.u32le()];
    // A filesystem's own boot sector ends in 55AA too; its code makes no sense as a table.
    if (status !== 0 && status !== 0x80) return null;
    entries.push(type === 0 || count === 0 ? EMPTY : { active: status === 0x80, type, start, count });
  }
  return { bootCode, signature, entries };
}

/**
 * The 512 bytes of an MBR or EBR.
 * An entry's `base` is the sector that its `start` counts from (0 in an MBR), for its cylinder address.
 */
export function encodeMbr(
  mbr: { bootCode: Uint8Array; signature: number; entries: readonly (MbrEntry & { base?: number })[] },
  geometry: Geometry = LBA_GEOMETRY,
): Buffer {
  if (mbr.bootCode.length !== BOOT_CODE_BYTES) {
    throw new RangeError(`boot code of ${mbr.bootCode.length} bytes`);
  }
  const writer = new BinaryWriter(MBR_BYTES).bytes(mbr.bootCode).u32le(mbr.signature).zeros(2);
  for (let i = 0; i < 4; i++) {
    const entry = mbr.entries[i];
    if (entry === undefined || entry.type === 0) {
      writer.zeros(16);
      continue;
    }
    const first = (entry.base ?? 0) + entry.start;
    writer
      .u8(entry.active ? 0x80 : 0)
      .bytes(Buffer.from(chsBytes(first, geometry)))
      .u8(entry.type)
      .bytes(Buffer.from(chsBytes(first + entry.count - 1, geometry)))
      .u32le(entry.start)
      .u32le(entry.count);
  }
  return writer.u16le(0xaa55).toBuffer();
}

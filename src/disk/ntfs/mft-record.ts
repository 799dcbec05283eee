/** An attribute of a file as its record holds it. */
export interface NtfsAttribute {
  readonly type: number;
  readonly name: string;
  /** The value itself; null when it lies outside the record, in `runs`. */
  readonly resident: Buffer | null;
  /** Parts of a value outside the record, in clusters; `lcn` null is a hole. */
  readonly runs: readonly NtfsRun[];
  /** The first cluster of the value that `runs` cover; 0 unless the value is spread over records. */
  readonly lowestVcn: number;
  /** Length of the value in bytes; 0 in parts other than the first. */
  readonly size: number;
  /** Set for compressed, encrypted and sparse values. */
  readonly flags: number;
}

export interface NtfsRun {
  readonly lcn: number | null;
  readonly clusters: number;
}

export const ATTRIBUTE = {
  list: 0x20,
  fileName: 0x30,
  volumeName: 0x60,
  volumeInformation: 0x70,
  data: 0x80,
  indexRoot: 0x90,
  indexAllocation: 0xa0,
} as const;

const END = 0xffff_ffff;
/** Update sequence numbers guard every 512 bytes, whatever the sector size. */
const STRIDE = 512;

/**
 * Undoes the update sequence of a record or index block, on a copy.
 * @returns null when the magic is another or a part was not written (torn write)
 */
export function withoutFixups(block: Buffer, magic: string): Buffer | null {
  if (block.toString('latin1', 0, 4) !== magic) return null;
  const fixed = Buffer.from(block);
  const at = fixed.readUInt16LE(4);
  const count = fixed.readUInt16LE(6);
  if (count === 0 || at + count * 2 > fixed.length || (count - 1) * STRIDE > fixed.length) return null;
  const check = fixed.readUInt16LE(at);
  for (let i = 1; i < count; i++) {
    const end = i * STRIDE - 2;
    if (fixed.readUInt16LE(end) !== check) return null;
    fixed.copyWithin(end, at + i * 2, at + i * 2 + 2);
  }
  return fixed;
}

/** The attributes of a record whose fixups are undone; stops at the first that makes no sense. */
export function attributesOf(record: Buffer): NtfsAttribute[] {
  const attributes: NtfsAttribute[] = [];
  let at = record.readUInt16LE(0x14);
  while (at + 16 <= record.length) {
    const type = record.readUInt32LE(at);
    const length = record.readUInt32LE(at + 4);
    if (type === END || length < 16 || at + length > record.length) break;
    attributes.push(parseAttribute(record.subarray(at, at + length)));
    at += length;
  }
  return attributes;
}

function parseAttribute(bytes: Buffer): NtfsAttribute {
  const nameAt = bytes.readUInt16LE(10);
  const common = {
    type: bytes.readUInt32LE(0),
    name: bytes.toString('utf16le', nameAt, nameAt + bytes.readUInt8(9) * 2),
    flags: bytes.readUInt16LE(12),
  };
  if (bytes.readUInt8(8) === 0) {
    const length = bytes.readUInt32LE(16);
    const valueAt = bytes.readUInt16LE(20);
    const resident = bytes.subarray(valueAt, valueAt + length);
    return { ...common, resident, runs: [], lowestVcn: 0, size: resident.length };
  }
  const lowestVcn = Number(bytes.readBigUInt64LE(16));
  return {
    ...common,
    resident: null,
    runs: parseRuns(bytes.subarray(bytes.readUInt16LE(32))),
    lowestVcn,
    size: lowestVcn === 0 ? Number(bytes.readBigUInt64LE(48)) : 0,
  };
}

/** Mapping pairs: each a length and a signed distance from the run before. */
export function parseRuns(bytes: Buffer): NtfsRun[] {
  const runs: NtfsRun[] = [];
  let lcn = 0;
  let at = 0;
  while (at < bytes.length) {
    const header = bytes.readUInt8(at++);
    if (header === 0) break;
    const [lengthBytes, offsetBytes] = [header & 0x0f, header >> 4];
    if (
      lengthBytes === 0 ||
      lengthBytes > 6 ||
      offsetBytes > 6 ||
      at + lengthBytes + offsetBytes > bytes.length
    )
      break;
    const clusters = bytes.readUIntLE(at, lengthBytes);
    at += lengthBytes;
    if (offsetBytes > 0) lcn += bytes.readIntLE(at, offsetBytes);
    at += offsetBytes;
    runs.push({ lcn: offsetBytes === 0 ? null : lcn, clusters });
  }
  return runs;
}

/** The types of registry values, by their numbers in hives and in `hex(n):` (Microsoft: “Registry Value Types”). */
export const REG_TYPES = {
  none: 0,
  sz: 1,
  expandSz: 2,
  binary: 3,
  dword: 4,
  dwordBigEndian: 5,
  link: 6,
  multiSz: 7,
  resourceList: 8,
  fullResourceDescriptor: 9,
  resourceRequirementsList: 10,
  qword: 11,
} as const;

/** What a value holds: exactly the bytes that Windows keeps, whatever the type says of them. */
export interface RegistryData {
  /** Mostly one of {@link REG_TYPES}; some keys of Windows itself use others. */
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface RegistryValue {
  /** Empty for the key's default value. */
  readonly name: string;
  readonly data: RegistryData;
}

/** REG_SZ or another type of text, as Windows stores it: UTF-16LE with its terminator. */
export function textData(text: string, type: number = REG_TYPES.sz): RegistryData {
  return { type, bytes: Buffer.from(`${text}\0`, 'utf16le') };
}

/** REG_MULTI_SZ: each text with its terminator, and one more at the end. */
export function textsData(texts: readonly string[]): RegistryData {
  const all = texts.map((text) => `${text}\0`).join('');
  return { type: REG_TYPES.multiSz, bytes: Buffer.from(`${all}\0`, 'utf16le') };
}

/** @param value 0 to 2^32 - 1 */
export function dwordData(value: number): RegistryData {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { type: REG_TYPES.dword, bytes };
}

/** @param value 0 to 2^64 - 1 */
export function qwordData(value: bigint): RegistryData {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return { type: REG_TYPES.qword, bytes };
}

/** The text of REG_SZ, REG_EXPAND_SZ and REG_LINK up to its terminator, with or without one; null for other types. */
export function textOf(data: RegistryData): string | null {
  const isText =
    data.type === REG_TYPES.sz || data.type === REG_TYPES.expandSz || data.type === REG_TYPES.link;
  return isText ? (utf16(data.bytes).split('\0', 1)[0] ?? '') : null;
}

/** The texts of REG_MULTI_SZ up to the first empty one; null for other types. */
export function textsOf(data: RegistryData): string[] | null {
  if (data.type !== REG_TYPES.multiSz) return null;
  const texts = utf16(data.bytes).split('\0');
  const end = texts.indexOf('');
  return end === -1 ? texts : texts.slice(0, end);
}

/** The number of REG_DWORD (either order); null for other types and lengths. */
export function numberOf(data: RegistryData): number | null {
  const bytes = Buffer.from(data.bytes.buffer, data.bytes.byteOffset, data.bytes.byteLength);
  if (bytes.length !== 4) return null;
  if (data.type === REG_TYPES.dword) return bytes.readUInt32LE();
  return data.type === REG_TYPES.dwordBigEndian ? bytes.readUInt32BE() : null;
}

/** Whether two values hold the same: type and every byte. */
export function sameData(a: RegistryData, b: RegistryData): boolean {
  return a.type === b.type && Buffer.compare(a.bytes, b.bytes) === 0;
}

/** Half a character at the end is passed over, as Windows does. */
function utf16(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength & ~1).toString('utf16le');
}

/** What a dynamic program or library asks of the system. */
export interface ElfNeeds {
  /** The dynamic loader's path, null for libraries and static programs. */
  readonly interpreter: string | null;
  /** DT_NEEDED names, in order. */
  readonly libraries: readonly string[];
}

interface Section {
  readonly name: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

const MACHINE_X86_64 = 62;
const SECTION_DYNAMIC = 6;
const SECTION_NO_BITS = 8;
const TAG_NEEDED = 1;

/** Is this a 64-bit little-endian ELF file for x86-64? */
export function isElf(bytes: Buffer): boolean {
  return (
    bytes.length >= 64 &&
    bytes.readUInt32BE(0) === 0x7f454c46 &&
    bytes[4] === 2 &&
    bytes[5] === 1 &&
    bytes.readUInt16LE(18) === MACHINE_X86_64
  );
}

/**
 * Reads the interpreter and the needed libraries from the section headers, which Debian's packages keep.
 *
 * @throws RangeError when the file is truncated or no ELF file of this architecture.
 */
export function elfNeeds(bytes: Buffer): ElfNeeds {
  const sections = elfSections(bytes);
  const interp = sections.find((section) => section.name === '.interp');
  const dynamic = sections.find((section) => section.type === SECTION_DYNAMIC);
  const libraries: string[] = [];
  const strings = dynamic === undefined ? undefined : sections[dynamic.link];
  if (dynamic !== undefined && strings !== undefined) {
    for (let at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16) {
      if (bytes.readBigUInt64LE(at) === BigInt(TAG_NEEDED)) {
        libraries.push(textAt(bytes, strings.offset + Number(bytes.readBigUInt64LE(at + 8))));
      }
    }
  }
  return { interpreter: interp === undefined ? null : textAt(bytes, interp.offset), libraries };
}

/** The `key=value` words of a kernel module's `.modinfo` section, in order; keys repeat. */
export function moduleInfo(bytes: Buffer): [key: string, value: string][] {
  const section = elfSections(bytes).find((one) => one.name === '.modinfo');
  if (section === undefined) return [];
  return bytes
    .subarray(section.offset, section.offset + section.size)
    .toString()
    .split('\0')
    .filter((word) => word.includes('='))
    .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
}

function elfSections(bytes: Buffer): Section[] {
  if (!isElf(bytes)) throw new RangeError('not an x86-64 ELF file');
  const table = Number(bytes.readBigUInt64LE(0x28));
  const entrySize = bytes.readUInt16LE(0x3a);
  const count = bytes.readUInt16LE(0x3c);
  const raw = Array.from({ length: count }, (_, index) => {
    const at = table + index * entrySize;
    const type = bytes.readUInt32LE(at + 4);
    const offset = Number(bytes.readBigUInt64LE(at + 24));
    const size = Number(bytes.readBigUInt64LE(at + 32));
    if (type !== SECTION_NO_BITS && offset + size > bytes.length)
      throw new RangeError('ELF file is truncated');
    return { nameAt: bytes.readUInt32LE(at), type, offset, size, link: bytes.readUInt32LE(at + 40) };
  });
  const names = raw[bytes.readUInt16LE(0x3e)];
  return raw.map(({ nameAt, ...section }) => ({
    ...section,
    name: names === undefined ? '' : textAt(bytes, names.offset + nameAt),
  }));
}

function textAt(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  if (at >= bytes.length || end < 0) throw new RangeError('ELF file is truncated');
  return bytes.toString('latin1', at, end);
}

/** A compression that imports come in. */
export interface Codec {
  readonly name: CodecName;
  /** Whether a file with these first bytes is compressed with it. */
  recognises(head: Buffer): boolean;
  /** The program that decompresses from its input to its output, and its Debian package; null: none is used. */
  readonly program: { readonly argv: readonly string[]; readonly debian: string } | null;
}

export type CodecName = 'none' | 'gz' | 'zst' | 'xz' | 'lzma' | 'lz4' | 'bz2' | 'lzo' | 'lzip' | 'lrz';

/**
 * Recognised by the first bytes, never by the name: FOG's files do not say, and Clonezilla's may lie. gzip is
 * decompressed by Node itself. Node's zstd ends after the first frame, and so does not see what is missing after it.
 */
const CODECS: readonly Codec[] = [
  { name: 'gz', recognises: starts('1f8b08'), program: null },
  {
    name: 'zst',
    // A frame, or one of the frames to skip that pzstd puts before each of its own (RFC 8878).
    recognises: (head) => starts('28b52ffd')(head) || /^5.2a4d18/.test(head.toString('hex', 0, 4)),
    program: { argv: ['zstd', '-dcq', '--long=31'], debian: 'zstd' },
  },
  { name: 'xz', recognises: starts('fd377a585a00'), program: { argv: ['xz', '-dcq'], debian: 'xz-utils' } },
  {
    name: 'lzma',
    recognises: isLzmaAlone,
    program: { argv: ['xz', '-dcq', '--format=lzma'], debian: 'xz-utils' },
  },
  {
    name: 'lz4',
    recognises: (head) => starts('04224d18')(head) || starts('02214c18')(head),
    program: { argv: ['lz4', '-dcq'], debian: 'lz4' },
  },
  {
    name: 'bz2',
    recognises: (head) => /^425a683[1-9](314159265359|177245385090)/.test(head.toString('hex', 0, 10)),
    program: { argv: ['bzip2', '-dcq'], debian: 'bzip2' },
  },
  {
    name: 'lzo',
    recognises: starts('894c5a4f000d0a1a0a'),
    program: { argv: ['lzop', '-dcq'], debian: 'lzop' },
  },
  { name: 'lzip', recognises: starts('4c5a4950'), program: { argv: ['lzip', '-dcq'], debian: 'lzip' } },
  { name: 'lrz', recognises: starts('4c525a49'), program: null },
];

/** The codec of a file by its first bytes; null when they are not compressed. */
export function codecOf(head: Buffer): Codec | null {
  return CODECS.find((codec) => codec.recognises(head)) ?? null;
}

function starts(hex: string): (head: Buffer) => boolean {
  const magic = Buffer.from(hex, 'hex');
  return (head) => head.subarray(0, magic.length).equals(magic);
}

/** LZMA alone has no magic: its properties byte, a power of two for the dictionary, and a size that can be. */
function isLzmaAlone(head: Buffer): boolean {
  if (head.length < 13 || head.readUInt8(0) !== 0x5d) return false;
  const dictionary = head.readUInt32LE(1);
  const powerOfTwo = dictionary >= 4096 && (dictionary & (dictionary - 1)) === 0;
  const size = head.readBigUInt64LE(5);
  return powerOfTwo && (size === 0xffff_ffff_ffff_ffffn || size < 1n << 48n);
}

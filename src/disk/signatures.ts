/** Bytes at a known place by which a content is known; text is Latin-1. */
export interface Signature {
  readonly offset: number;
  readonly text: string;
  /** For the technician: "Partition 2 … is encrypted by LUKS". */
  readonly name: string;
}

const RAID = 'is a part of a software RAID (mdraid)';

/** What takes the place of a boot sector, or hides behind one that looks like FAT. */
export const ENCRYPTED: readonly Signature[] = [
  { offset: 3, text: '-FVE-FS-', name: 'is encrypted by BitLocker' },
  // The GUID 4967d63b-2e29-4ad8-8399-f6a339e3d001 in a boot sector that is otherwise one of FAT32.
  {
    offset: 424,
    text: '\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01',
    name: 'is encrypted by BitLocker To Go',
  },
  { offset: 0, text: 'LUKS\xba\xbe\x00\x01', name: 'is encrypted by LUKS (version 1)' },
  { offset: 0, text: 'LUKS\xba\xbe\x00\x02', name: 'is encrypted by LUKS (version 2)' },
  { offset: 0, text: '\xfc\x4e\x2b\xa9\x01\0\0\0', name: RAID },
];

/** What leaves a Linux filesystem's old superblock readable at 1 KiB: looked for before those. */
export const MEMBERS: readonly Signature[] = [
  { offset: 4096, text: '\xfc\x4e\x2b\xa9\x01\0\0\0', name: RAID },
  {
    offset: 4120,
    text: '\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81',
    name: 'belongs to bcache',
  },
  {
    offset: 4120,
    text: '\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef',
    name: 'holds bcachefs',
  },
];

/** What Mimeo can name, but not read. */
export const FOREIGN: readonly Signature[] = [
  { offset: 32, text: 'NXSB', name: "holds Apple's APFS" },
  { offset: 1024, text: 'H+\0\x04', name: "holds Apple's HFS+" },
  { offset: 1024, text: 'HX\0\x05', name: "holds Apple's HFS+" },
  { offset: 3, text: 'ReFS\0\0\0\0', name: "holds Windows' ReFS" },
  // A list of names and values, in XDR, which starts with its version.
  { offset: 16_384 + 20, text: '\0\0\0\x07version', name: 'holds ZFS' },
  { offset: 0x8000, text: 'JFS1', name: 'holds JFS' },
  { offset: 0x10034, text: 'ReIsEr', name: 'holds ReiserFS' },
  { offset: 0, text: 'hsqs', name: 'holds squashfs' },
  { offset: 0x8001, text: 'CD001', name: 'holds the filesystem of a CD (ISO 9660)' },
];

/** Where those lie that the first bytes do not show. */
export const FAR: readonly Signature[] = [
  { offset: 0x10_0000, text: '\x0d\xd0\x01\xc0', name: "holds VMware's VMFS" },
  { offset: 0x20_0000, text: '\x5e\xf1\xab\x2f', name: "holds VMware's VMFS" },
];

export function hasSignature(bytes: Buffer, { offset, text }: Signature): boolean {
  return bytes.toString('latin1', offset, offset + text.length) === text;
}

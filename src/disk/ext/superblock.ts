import { MimeoError } from '../../errors.ts';
import { crc32c } from '../crc32c.ts';

/** Where the superblock lies, from the volume's start. */
export const SUPERBLOCK_AT = 1024;
export const SUPERBLOCK_BYTES = 1024;

const HAS_ERRORS = 0x2;
const JOURNAL_DEVICE = 0x8;
/** filetype, recover, meta_bg, extents, 64bit, mmp, flex_bg, ea_inode, dirdata, csum_seed, largedir, inline_data, encrypt, casefold. */
const KNOWN_INCOMPAT = 0x3_f7d6;
/**
 * sparse_super, large_file, btree_dir, huge_file, gdt_csum, dir_nlink, extra_isize, quota, bigalloc,
 * metadata_csum, read-only, project, shared_blocks, verity, orphan_present. A driver that only reads may ignore
 * unknown ones; who wants to know what is free may not (bigalloc was one).
 */
const KNOWN_RO_COMPAT = 0x1_f77f;

/** What a superblock says about the places of things (kernel documentation, "ext4 Data Structures"). */
export interface ExtSuperblock {
  readonly blockBytes: number;
  readonly blocks: number;
  /** 1 with blocks of 1 KiB (without bigalloc), else 0. */
  readonly firstDataBlock: number;
  readonly blocksPerGroup: number;
  /** Blocks that one bit of a bitmap stands for; more than 1 with bigalloc. */
  readonly blocksPerCluster: number;
  readonly groups: number;
  readonly inodeTableBlocks: number;
  readonly descriptorBytes: number;
  readonly reservedDescriptorBlocks: number;
  /** Descriptors from this block of them on lie in their own groups; null without meta_bg. */
  readonly firstMetaGroup: number | null;
  /** Which groups hold copies of superblock and descriptors. */
  readonly copies: 'all' | 'sparse' | readonly [number, number];
  /** How descriptors are guarded; only guarded ones may say that a bitmap was never written. */
  readonly checksums: 'none' | 'crc16' | 'crc32c';
  /** What checksums of this volume start from. */
  readonly seed: number;
  readonly uuid: Buffer;
}

/**
 * Reads the superblock of ext2, ext3 or ext4.
 *
 * @param bytes the {@link SUPERBLOCK_BYTES} at {@link SUPERBLOCK_AT}
 * @throws MimeoError `volume-damaged` when it uses a feature we do not know, or makes no sense
 */
export function parseExtSuperblock(bytes: Buffer, lengthBytes: number): ExtSuperblock {
  const revision = bytes.readUInt32LE(0x4c);
  const feature = (at: number): number => (revision === 0 ? 0 : bytes.readUInt32LE(at));
  const [compat, incompat, roCompat] = [feature(0x5c), feature(0x60), feature(0x64)];
  if ((incompat & JOURNAL_DEVICE) !== 0) throw damaged('it is the journal of another filesystem');
  refuseUnknown('incompatible', incompat, KNOWN_INCOMPAT);
  refuseUnknown('read-only compatible', roCompat, KNOWN_RO_COMPAT);
  if ((bytes.readUInt16LE(0x3a) & HAS_ERRORS) !== 0) {
    throw damaged('it has noted errors of its own, and wants to be checked with e2fsck -f');
  }
  const checksums = (roCompat & 0x400) !== 0 ? 'crc32c' : (roCompat & 0x10) !== 0 ? 'crc16' : 'none';
  if (checksums === 'crc32c' && crc32c(0xffff_ffff, bytes.subarray(0, 0x3fc)) !== bytes.readUInt32LE(0x3fc)) {
    throw damaged('the checksum of its superblock is wrong');
  }
  const is64bit = (incompat & 0x80) !== 0;
  const bigalloc = (roCompat & 0x200) !== 0;
  const blockBytes = sizeOf(bytes.readUInt32LE(0x18));
  const blocks = bytes.readUInt32LE(0x04) + (is64bit ? bytes.readUInt32LE(0x150) * 2 ** 32 : 0);
  const firstDataBlock = bytes.readUInt32LE(0x14);
  const blocksPerGroup = bytes.readUInt32LE(0x20);
  const uuid = bytes.subarray(0x68, 0x78);
  const inodeBytes = revision === 0 ? 128 : bytes.readUInt16LE(0x58);
  const superblock: ExtSuperblock = {
    blockBytes,
    blocks,
    firstDataBlock,
    blocksPerGroup,
    blocksPerCluster: bigalloc ? sizeOf(bytes.readUInt32LE(0x1c)) / blockBytes : 1,
    groups: Math.ceil((blocks - firstDataBlock) / blocksPerGroup),
    inodeTableBlocks: Math.ceil((bytes.readUInt32LE(0x28) * inodeBytes) / blockBytes),
    descriptorBytes: is64bit ? bytes.readUInt16LE(0xfe) : 32,
    reservedDescriptorBlocks: (compat & 0x10) === 0 ? 0 : bytes.readUInt16LE(0xce),
    firstMetaGroup: (incompat & 0x10) === 0 ? null : bytes.readUInt32LE(0x104),
    copies:
      (compat & 0x200) !== 0
        ? [bytes.readUInt32LE(0x24c), bytes.readUInt32LE(0x250)]
        : (roCompat & 0x1) !== 0
          ? 'sparse'
          : 'all',
    checksums,
    seed: (incompat & 0x2000) !== 0 ? bytes.readUInt32LE(0x270) : crc32c(0xffff_ffff, uuid),
    uuid,
  };
  if (bytes.readUInt16LE(0x38) !== 0xef53 || revision > 1 || !makesSense(superblock, lengthBytes)) {
    throw damaged('its superblock makes no sense');
  }
  return superblock;
}

/** 1 KiB to 1 GiB; what is larger comes out as NaN, which makes no sense anywhere. */
function sizeOf(log: number): number {
  return log <= 20 ? 1024 * 2 ** log : Number.NaN;
}

function makesSense(superblock: ExtSuperblock, lengthBytes: number): boolean {
  const { blockBytes, blocks, firstDataBlock, blocksPerGroup, blocksPerCluster, descriptorBytes } =
    superblock;
  return (
    blockBytes <= 65_536 &&
    blocks * blockBytes <= lengthBytes &&
    firstDataBlock === (blockBytes === 1024 && blocksPerCluster === 1 ? 1 : 0) &&
    firstDataBlock < blocks &&
    blocksPerCluster >= 1 &&
    // One block of bitmap tells of a group; fewer than 256 blocks no tool makes.
    blocksPerGroup >= 256 &&
    blocksPerGroup % blocksPerCluster === 0 &&
    blocksPerGroup / blocksPerCluster <= blockBytes * 8 &&
    superblock.inodeTableBlocks > 0 &&
    superblock.inodeTableBlocks < blocks &&
    [32, 64, 128, 256, 512, 1024].includes(descriptorBytes) &&
    superblock.reservedDescriptorBlocks <= blockBytes / 4
  );
}

function refuseUnknown(kind: string, features: number, known: number): void {
  const unknown = (features & ~known) >>> 0;
  if (unknown !== 0) throw damaged(`it has ${kind} features that are not known (0x${unknown.toString(16)})`);
}

/** What is wrong with an ext volume, as an error. */
export function damaged(words: string): MimeoError {
  return new MimeoError('volume-damaged', `The Linux filesystem cannot be understood: ${words}.`);
}

import type { VolumeReader } from '../volume-reader.ts';
import { BLOCK_CHECKS, type BlockCheck } from './checksum.ts';
import { expectBtrfs } from './damaged.ts';
import { u64 } from './u64.ts';

/** Where a tree starts: the logical address of its root block and what that block must say. */
export interface TreeRoot {
  /** The tree's number, which each of its blocks repeats. */
  readonly owner: bigint;
  readonly at: number;
  readonly level: number;
  readonly generation: bigint;
}

/** The fields of a btrfs superblock that we use; sizes in bytes. */
export interface BtrfsSuper {
  readonly nodeBytes: number;
  readonly sectorBytes: number;
  /** What the filesystem uses of the partition. */
  readonly deviceBytes: number;
  readonly deviceId: number;
  /** Bytes in extents, by the filesystem's own count. */
  readonly usedBytes: number;
  readonly rootTree: TreeRoot;
  readonly chunkTree: TreeRoot;
  /** Not 0 after a crash: what was fsynced since the last commit lies in blocks that nothing else names. */
  readonly logRoot: number;
  /** The chunks that hold the chunk tree itself, as keys and items. */
  readonly systemChunks: Buffer;
  /** The id that each tree block carries. */
  readonly metadataId: Buffer;
  /** Block group items lie in a tree of their own. */
  readonly hasBlockGroupTree: boolean;
  readonly isIntact: BlockCheck;
}

/** Where the superblock and its copies lie (those that fit); nothing else is ever put there. */
export const SUPERS_AT = [0x1_0000, 0x400_0000, 0x40_0000_0000] as const;
const SUPER_BYTES = 4096;
const WRITTEN = 1n;
const MOST_LEVEL = 7;

/**
 * Incompatible features whose allocations this reader understands: mixed_backref (always set), default_subvol,
 * mixed_groups, compress_lzo, compress_zstd, big_metadata, extended_iref, raid56, skinny_metadata, no_holes,
 * metadata_uuid, raid1c34, simple_quota. Not zoned, extent_tree_v2, raid_stripe_tree or remap_tree.
 */
const INCOMPATIBLE = bits(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16);
const METADATA_UUID = bits(10);
/** free_space_tree and its valid mark, verity, block_group_tree. */
const READ_ONLY_COMPATIBLE = bits(0, 1, 2, 3);
const BLOCK_GROUP_TREE = bits(3);

/**
 * Reads the superblock. Its copies are not asked when it is damaged: drivers do not either, and a copy may be
 * older than the volume.
 *
 * @throws MimeoError `volume-damaged` when it is damaged, has several devices or a feature that is not known
 */
export async function readBtrfsSuper(read: VolumeReader, lengthBytes: number): Promise<BtrfsSuper> {
  expectBtrfs(lengthBytes >= SUPERS_AT[0] + SUPER_BYTES, 'it is too short');
  const block = await read(SUPERS_AT[0], SUPER_BYTES);
  expectBtrfs(block.toString('latin1', 0x40, 0x48) === '_BHRfS_M', 'it has no superblock');
  const isIntact = BLOCK_CHECKS.get(block.readUInt16LE(0xc4));
  expectBtrfs(isIntact !== undefined, `checksums of kind ${block.readUInt16LE(0xc4)} are not known`);
  expectBtrfs(isIntact(block), 'the checksum of its superblock is wrong');
  expectBtrfs(u64(block, 0x30) === SUPERS_AT[0], 'its superblock belongs elsewhere');
  expectBtrfs(block.readBigUInt64LE(0x38) === WRITTEN, 'it is in a state that is not known');
  const incompatible = block.readBigUInt64LE(0xbc);
  const readOnly = block.readBigUInt64LE(0xb4);
  const unknown = (incompatible & ~INCOMPATIBLE) | (readOnly & ~READ_ONLY_COMPATIBLE);
  expectBtrfs(unknown === 0n, `it has features that are not known (0x${unknown.toString(16)})`);
  expectBtrfs(u64(block, 0x88) === 1, `it spans ${u64(block, 0x88)} devices`);

  const [sectorBytes, nodeBytes] = [block.readUInt32LE(0x90), block.readUInt32LE(0x94)];
  expectBtrfs(isPower(sectorBytes) && isPower(nodeBytes) && nodeBytes >= sectorBytes, 'its blocks are odd');
  const deviceBytes = u64(block, 0xd1);
  expectBtrfs(deviceBytes <= lengthBytes, 'it is larger than its partition');
  const systemBytes = block.readUInt32LE(0xa0);
  expectBtrfs(systemBytes <= 2048, 'its list of system chunks is too long');
  const tree = (owner: bigint, at: number, level: number, generation: number): TreeRoot => {
    const root = { owner, at: u64(block, at), level: block.readUInt8(level) };
    expectBtrfs(root.level <= MOST_LEVEL, 'a tree is too high');
    return { ...root, generation: block.readBigUInt64LE(generation) };
  };
  const metadataIdAt = (incompatible & METADATA_UUID) === 0n ? 0x20 : 0x23b;
  return {
    nodeBytes,
    sectorBytes,
    deviceBytes,
    deviceId: u64(block, 0xc9),
    usedBytes: u64(block, 0x78),
    rootTree: tree(1n, 0x50, 0xc6, 0x48),
    chunkTree: tree(3n, 0x58, 0xc7, 0xa4),
    logRoot: u64(block, 0x60),
    systemChunks: block.subarray(0x32b, 0x32b + systemBytes),
    metadataId: block.subarray(metadataIdAt, metadataIdAt + 16),
    hasBlockGroupTree: (readOnly & BLOCK_GROUP_TREE) !== 0n,
    isIntact,
  };
}

function bits(...numbers: number[]): bigint {
  return numbers.reduce((mask, number) => mask | (1n << BigInt(number)), 0n);
}

/** Sectors and nodes of 4 to 64 KiB. */
function isPower(value: number): boolean {
  return value >= 4096 && value <= 65_536 && (value & (value - 1)) === 0;
}

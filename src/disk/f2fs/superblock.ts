import { MimeoError } from '../../errors.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { f2fsChecksum } from './checksum.ts';
import { expectF2fs } from './damaged.ts';

/** Where the areas of an F2FS volume lie, in blocks from its start. */
export interface F2fsLayout {
  /** Two checkpoint packs, a segment each. */
  readonly checkpointAt: number;
  /** The segment information table: twice so many blocks, of which each is valid in one copy. */
  readonly sitAt: number;
  readonly sitBlocks: number;
  readonly mainAt: number;
  readonly mainSegments: number;
  /** Blocks behind the checkpoint's first one that carry on with its bitmaps. */
  readonly checkpointPayload: number;
}

export const BLOCK_BYTES = 4096;
export const SEGMENT_BLOCKS = 512;
const MAGIC = 0xf2f5_2010;
const SUPERS_AT = [1024, BLOCK_BYTES + 1024] as const;
const SUPER_BYTES = 3072;
const CHECKSUM_AT = 3068;
/** Everything before the volume's id: what says where things lie. */
const LAYOUT_BYTES = 108;
const HAS_CHECKSUM = 0x800;
/**
 * encrypt, atomic_write, extra_attr, project_quota, inode_checksum, flexible_inline_xattr, quota_ino,
 * inode_crtime, lost_found, verity, sb_checksum, casefold, compression. Not zoned, read-only, device aliases.
 */
const FEATURES = 0x3ffd;
const MOST_PAYLOAD = SEGMENT_BLOCKS / 2;

/**
 * Reads the superblock, from its second copy when the first one is damaged. Two sound copies that place
 * things differently are refused.
 *
 * @throws MimeoError `volume-damaged` when it is damaged, has several devices or a feature that is not known
 */
export async function readF2fsLayout(read: VolumeReader, lengthBytes: number): Promise<F2fsLayout> {
  expectF2fs(lengthBytes >= 2 * BLOCK_BYTES, 'it is too short');
  const copies: Buffer[] = [];
  let trouble: MimeoError | null = null;
  for (const at of SUPERS_AT) {
    const copy = await read(at, SUPER_BYTES);
    try {
      layoutOf(copy, lengthBytes);
      copies.push(copy);
    } catch (error) {
      if (!(error instanceof MimeoError)) throw error;
      trouble ??= error;
    }
  }
  const [first, second] = copies;
  if (first === undefined) throw trouble ?? new MimeoError('internal', 'no copy and no trouble');
  const same =
    second === undefined || first.subarray(0, LAYOUT_BYTES).equals(second.subarray(0, LAYOUT_BYTES));
  expectF2fs(same, 'its superblocks contradict each other');
  return layoutOf(first, lengthBytes);
}

function layoutOf(block: Buffer, lengthBytes: number): F2fsLayout {
  const u32 = (at: number): number => block.readUInt32LE(at);
  expectF2fs(u32(0) === MAGIC, 'it has no superblock');
  const features = u32(2180);
  expectF2fs((features & ~FEATURES) === 0, `it has features that are not known (0x${features.toString(16)})`);
  if ((features & HAS_CHECKSUM) !== 0) {
    const sum = f2fsChecksum(block.subarray(0, CHECKSUM_AT));
    expectF2fs(
      u32(32) === CHECKSUM_AT && u32(CHECKSUM_AT) === sum,
      'the checksum of its superblock is wrong',
    );
  }
  expectF2fs(u32(16) === 12 && u32(20) === 9, 'its blocks are not of 4 KiB or its segments not of 2 MiB');
  expectF2fs(block.readUInt8(2201) === 0, 'it spans several devices');
  const [checkpointSegments, sitSegments, mainSegments] = [u32(52), u32(56), u32(68)];
  const [checkpointAt, sitAt, natAt, mainAt] = [u32(76), u32(80), u32(84), u32(92)];
  expectF2fs(checkpointSegments === 2 && sitSegments % 2 === 0, 'its areas are odd');
  expectF2fs(
    checkpointAt > 1 && sitAt === checkpointAt + 2 * SEGMENT_BLOCKS && mainAt > natAt,
    'its areas are not in order',
  );
  expectF2fs(natAt === sitAt + sitSegments * SEGMENT_BLOCKS, 'its areas are not in order');
  expectF2fs(
    mainSegments > 0 && (mainAt + mainSegments * SEGMENT_BLOCKS) * BLOCK_BYTES <= lengthBytes,
    'it is larger than its partition',
  );
  const checkpointPayload = u32(1664);
  expectF2fs(checkpointPayload <= MOST_PAYLOAD, 'its checkpoints are too long');
  return {
    checkpointAt,
    sitAt,
    sitBlocks: (sitSegments / 2) * SEGMENT_BLOCKS,
    mainAt,
    mainSegments,
    checkpointPayload,
  };
}

import type { ByteRun } from '../../image/index.ts';
import { subtractRuns } from '../byte-runs.ts';
import { crc32c } from '../crc32c.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { eachZeroRun } from '../zero-bits.ts';
import { type ExtGroup, readGroups } from './group-descriptors.ts';
import { type BlockRun, copiesIn, groupEnd, groupStart } from './places.ts';
import {
  damaged,
  type ExtSuperblock,
  parseExtSuperblock,
  SUPERBLOCK_AT,
  SUPERBLOCK_BYTES,
} from './superblock.ts';

/**
 * The blocks that the bitmaps of ext2, ext3 or ext4 call free. Superblocks, descriptors, bitmaps and inode
 * tables are never among them, whatever a bitmap says: a bitmap that was never written need not know of them.
 *
 * @throws MimeoError `volume-damaged` on unknown features, wrong checksums, or bitmaps that do not have as many
 * free blocks as their groups say
 */
export async function freeRunsOfExt(
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const superblock = parseExtSuperblock(await read(SUPERBLOCK_AT, SUPERBLOCK_BYTES), lengthBytes);
  const { blockBytes } = superblock;
  const bytesOf = ({ first, count }: BlockRun): ByteRun => ({
    start: first * blockBytes,
    length: count * blockBytes,
  });
  const groups = await readGroups(read, superblock);
  const free: ByteRun[] = [];
  const kept: ByteRun[] = [{ start: 0, length: SUPERBLOCK_AT + SUPERBLOCK_BYTES }];
  for (const [number, group] of groups.entries()) {
    signal?.throwIfAborted();
    kept.push(bytesOf(copiesIn(superblock, number)), ...group.places.map(bytesOf));
    for (const run of await freeBlocks(read, superblock, number, group)) free.push(bytesOf(run));
  }
  return subtractRuns(free, kept);
}

async function freeBlocks(
  read: VolumeReader,
  superblock: ExtSuperblock,
  number: number,
  group: ExtGroup,
): Promise<BlockRun[]> {
  const { blockBytes, blocksPerCluster, blocksPerGroup } = superblock;
  const [start, end] = [groupStart(superblock, number), groupEnd(superblock, number)];
  if (group.uninitialised) return [{ first: start, count: end - start }];
  const bitmap = await read(group.blockBitmap * blockBytes, blockBytes);
  const checked = bitmap.subarray(0, Math.ceil(blocksPerGroup / blocksPerCluster / 8));
  if (!hasChecksum(checked, superblock, group)) throw damaged(`the checksum of bitmap ${number} is wrong`);
  const runs: BlockRun[] = [];
  const clusters = Math.ceil((end - start) / blocksPerCluster);
  const zeros = eachZeroRun(bitmap, clusters, (bit, count) => {
    const first = start + bit * blocksPerCluster;
    // The last cluster may be cut short by the filesystem's end.
    runs.push({ first, count: Math.min(end, first + count * blocksPerCluster) - first });
  });
  if (zeros !== group.free) {
    throw damaged(`bitmap ${number} has ${zeros} free clusters, and its group says ${group.free}`);
  }
  return runs;
}

function hasChecksum(bitmap: Buffer, { seed }: ExtSuperblock, { bitmapChecksum }: ExtGroup): boolean {
  if (bitmapChecksum === null) return true;
  const { value, bits } = bitmapChecksum;
  const crc = crc32c(seed, bitmap);
  return (bits === 32 ? crc : crc & 0xffff) === value;
}

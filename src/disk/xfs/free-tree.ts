import type { VolumeReader } from '../volume-reader.ts';
import type { FreeSpaceHeader } from './allocation-group.ts';
import { hasXfsChecksum } from './checksum.ts';
import { damaged, type XfsSuperblock } from './superblock.ts';

const MAGIC = { 4: 'ABTB', 5: 'AB3B' } as const;
const HEADER_BYTES = { 4: 16, 5: 56 } as const;
const CRC_AT = 52;
const RECORD_BYTES = 8;
const POINTER_BYTES = 4;
/** Addresses that blocks carry of themselves count sectors of this size, whatever the device has. */
const ADDRESS_BYTES = 512;

/**
 * Walks the tree of a group's free runs, ordered by place. Each block must be where and what it says: magic,
 * level, its own address, volume and group, checksum; its runs must come in order and together be as many blocks
 * as the group's header says. So no block is visited twice, and a tree that leads in circles ends at once.
 *
 * @param found called with the first block, counted from the group's start, and the length of each run
 * @throws MimeoError `volume-damaged`
 */
export async function eachFreeRun(
  read: VolumeReader,
  superblock: XfsSuperblock,
  header: FreeSpaceHeader,
  found: (first: number, count: number) => void,
): Promise<void> {
  const { version, blockBytes } = superblock;
  const { group, blocks, freeBlocks } = header;
  let last = 0;
  let sum = 0;
  const visited = new Set<number>();
  const visit = async (block: number, level: number): Promise<void> => {
    if (block === 0 || block >= blocks || visited.has(block))
      throw damaged(`the free tree of group ${group} leads to block ${block}`);
    visited.add(block);
    const bytes = await readBlock(read, superblock, header, block, level);
    const records = bytes.readUInt16BE(6);
    const at = HEADER_BYTES[version];
    if (level > 0) {
      // All keys come before all pointers, each part as long as it may become.
      const pointersAt = at + most(blockBytes - at, RECORD_BYTES + POINTER_BYTES) * RECORD_BYTES;
      for (let i = 0; i < records; i++)
        await visit(bytes.readUInt32BE(pointersAt + i * POINTER_BYTES), level - 1);
      return;
    }
    for (let i = 0; i < records; i++) {
      const first = bytes.readUInt32BE(at + i * RECORD_BYTES);
      const count = bytes.readUInt32BE(at + i * RECORD_BYTES + 4);
      if (count === 0 || first <= last || first + count > blocks)
        throw damaged(`the free tree of group ${group} has a run of ${count} blocks at ${first}`);
      // Runs that touch would have been joined: the next one starts at least a block later.
      last = first + count;
      sum += count;
      found(first, count);
    }
  };
  await visit(header.root, header.levels - 1);
  if (sum !== freeBlocks) {
    throw damaged(`group ${group} has ${sum} free blocks, and its header says ${freeBlocks}`);
  }
}

async function readBlock(
  read: VolumeReader,
  { version, blockBytes, groupBlocks, uuid }: XfsSuperblock,
  { group }: FreeSpaceHeader,
  block: number,
  level: number,
): Promise<Buffer> {
  const place = (group * groupBlocks + block) * blockBytes;
  const bytes = await read(place, blockBytes);
  const room = blockBytes - HEADER_BYTES[version];
  const records = bytes.readUInt16BE(6);
  const own =
    version === 4 ||
    (bytes.readBigUInt64BE(16) === BigInt(place / ADDRESS_BYTES) &&
      bytes.subarray(32, 48).equals(uuid) &&
      bytes.readUInt32BE(48) === group &&
      hasXfsChecksum(bytes, CRC_AT));
  const sane =
    own &&
    bytes.toString('latin1', 0, 4) === MAGIC[version] &&
    bytes.readUInt16BE(4) === level &&
    records <= most(room, level > 0 ? RECORD_BYTES + POINTER_BYTES : RECORD_BYTES);
  if (!sane) throw damaged(`block ${block} of the free tree of group ${group} makes no sense`);
  return bytes;
}

function most(room: number, each: number): number {
  return Math.floor(room / each);
}

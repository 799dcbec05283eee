import type { VolumeReader } from '../volume-reader.ts';
import { hasXfsChecksum } from './checksum.ts';
import { damaged, type XfsSuperblock } from './superblock.ts';

const HEADER_SECTOR = 1;
const CRC_AT = 216;
const MOST_LEVELS = 9;

/** What an allocation group's header of free space (AGF) says. */
export interface FreeSpaceHeader {
  readonly group: number;
  /** Blocks of this group; the last one may be shorter than the others. */
  readonly blocks: number;
  /** The root of the tree of free runs by their place, a block of this group. */
  readonly root: number;
  /** 1 when the root is a leaf. */
  readonly levels: number;
  /** Blocks in that tree. */
  readonly freeBlocks: number;
}

/** @throws MimeoError `volume-damaged` when it is damaged or belongs elsewhere */
export async function readFreeSpaceHeader(
  read: VolumeReader,
  superblock: XfsSuperblock,
  group: number,
): Promise<FreeSpaceHeader> {
  const { blockBytes, sectorBytes, groupBlocks, version } = superblock;
  const bytes = await read(group * groupBlocks * blockBytes + HEADER_SECTOR * sectorBytes, sectorBytes);
  if (version === 5 && !(hasXfsChecksum(bytes, CRC_AT) && bytes.subarray(64, 80).equals(superblock.uuid))) {
    throw damaged(`the checksum of allocation group ${group} is wrong`);
  }
  const header: FreeSpaceHeader = {
    group,
    blocks: bytes.readUInt32BE(12),
    root: bytes.readUInt32BE(16),
    levels: bytes.readUInt32BE(28),
    freeBlocks: bytes.readUInt32BE(52),
  };
  const last = group === superblock.groups - 1;
  const sane =
    bytes.toString('latin1', 0, 4) === 'XAGF' &&
    bytes.readUInt32BE(4) === 1 &&
    bytes.readUInt32BE(8) === group &&
    header.blocks === (last ? superblock.blocks - group * groupBlocks : groupBlocks) &&
    header.levels >= 1 &&
    header.levels <= MOST_LEVELS;
  if (!sane) throw damaged(`the header of allocation group ${group} makes no sense`);
  return header;
}

import { crc32c } from '../crc32c.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { crc16 } from './crc16.ts';
import { type BlockRun, descriptorBlockAt, descriptorBlocks, descriptorsPerBlock } from './places.ts';
import { damaged, type ExtSuperblock } from './superblock.ts';

const CHECKSUM_AT = 30;
const BLOCK_UNINIT = 0x2;

/** What a group's descriptor says. */
export interface ExtGroup {
  readonly blockBitmap: number;
  /** Its two bitmaps and its inode table, wherever they lie. */
  readonly places: readonly BlockRun[];
  /** Clusters. */
  readonly free: number;
  /** The bitmap was never written: nothing but the group's own structures is in use. */
  readonly uninitialised: boolean;
  /** Of the block bitmap; null when there is none. */
  readonly bitmapChecksum: { readonly value: number; readonly bits: 16 | 32 } | null;
}

/**
 * Reads the descriptors of all groups.
 * @throws MimeoError `volume-damaged` on a wrong checksum or a place outside the filesystem
 */
export async function readGroups(read: VolumeReader, superblock: ExtSuperblock): Promise<ExtGroup[]> {
  const { blockBytes, descriptorBytes, groups } = superblock;
  const perBlock = descriptorsPerBlock(superblock);
  const found: ExtGroup[] = [];
  for (let i = 0; i < descriptorBlocks(superblock); i++) {
    const block = await read(descriptorBlockAt(superblock, i) * blockBytes, blockBytes);
    for (let j = 0; j < perBlock && i * perBlock + j < groups; j++) {
      const bytes = block.subarray(j * descriptorBytes, (j + 1) * descriptorBytes);
      found.push(parseGroup(bytes, superblock, i * perBlock + j));
    }
  }
  return found;
}

function parseGroup(bytes: Buffer, superblock: ExtSuperblock, group: number): ExtGroup {
  const { checksums, blocks, inodeTableBlocks } = superblock;
  if (checksums !== 'none' && checksumOf(bytes, superblock, group) !== bytes.readUInt16LE(CHECKSUM_AT)) {
    throw damaged(`the checksum of group ${group} is wrong`);
  }
  const wide = bytes.length >= 64;
  const place = (low: number): number =>
    bytes.readUInt32LE(low) + (wide ? bytes.readUInt32LE(low + 32) * 2 ** 32 : 0);
  const [blockBitmap, inodeBitmap, inodeTable] = [place(0), place(4), place(8)];
  const places = [
    { first: blockBitmap, count: 1 },
    { first: inodeBitmap, count: 1 },
    { first: inodeTable, count: inodeTableBlocks },
  ];
  if (places.some(({ first, count }) => first === 0 || first + count > blocks)) {
    throw damaged(`group ${group} keeps its lists outside the filesystem`);
  }
  const low = bytes.readUInt16LE(24);
  return {
    blockBitmap,
    places,
    free: bytes.readUInt16LE(12) + (wide ? bytes.readUInt16LE(44) * 65_536 : 0),
    uninitialised: checksums !== 'none' && (bytes.readUInt16LE(18) & BLOCK_UNINIT) !== 0,
    bitmapChecksum:
      checksums !== 'crc32c'
        ? null
        : wide
          ? { value: low + bytes.readUInt16LE(56) * 65_536, bits: 32 }
          : { value: low, bits: 16 },
  };
}

/** Over volume, group number and descriptor, without the checksum itself; 16 bits. */
function checksumOf(bytes: Buffer, { checksums, seed, uuid }: ExtSuperblock, group: number): number {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(group);
  const [before, after] = [bytes.subarray(0, CHECKSUM_AT), bytes.subarray(CHECKSUM_AT + 2)];
  if (checksums === 'crc16') {
    return [uuid, number, before, after].reduce(crc16, 0xffff);
  }
  return [number, before, Buffer.alloc(2), after].reduce(crc32c, seed) & 0xffff;
}

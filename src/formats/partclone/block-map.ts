import { crc32 } from 'node:zlib';
import type { ByteStream } from '../codec/byte-stream.ts';
import { damaged } from '../damage.ts';
import { hex, type PartcloneHead } from './partclone-head.ts';

/** Which blocks an image holds: one bit per block, least significant first; null: all of them. */
export interface BlockMap {
  readonly bits: Uint8Array | null;
  readonly blocks: number;
}

const SLICE_BYTES = 1 << 20;
/** Ends the bytewise bitmap. */
const BYTEWISE_END = 'BiTmAgIc';

/**
 * Reads the bitmap; afterwards the stream stands at the first block.
 * @throws MimeoError `import-damaged` when it is cut short or its checksum is wrong
 */
export async function readBlockMap(stream: ByteStream, head: PartcloneHead): Promise<BlockMap> {
  const { blocks } = head;
  if (head.bitmap === 'none') return { bits: null, blocks };
  const bits = new Uint8Array(Math.ceil(blocks / 8));
  if (head.bitmap === 'bit') await readBits(stream, bits);
  else await readBytes(stream, bits, blocks);
  return { bits, blocks };
}

async function readBits(stream: ByteStream, bits: Uint8Array): Promise<void> {
  let crc = 0;
  for (let at = 0; at < bits.length; ) {
    const slice = await stream.read(Math.min(SLICE_BYTES, bits.length - at), 'its bitmap');
    crc = crc32(slice, crc);
    bits.set(slice, at);
    at += slice.length;
  }
  const place = stream.place();
  const expected = (await stream.read(4, "its bitmap's checksum")).readUInt32LE(0);
  const found = (crc ^ 0xffff_ffff) >>> 0;
  if (expected !== found) {
    throw damaged(place, `its bitmap should have the checksum ${hex(expected)}, it has ${hex(found)}`);
  }
}

async function readBytes(stream: ByteStream, bits: Uint8Array, blocks: number): Promise<void> {
  for (let block = 0; block < blocks; ) {
    const start = stream.position;
    const slice = await stream.read(Math.min(SLICE_BYTES, blocks - block), 'its bitmap');
    for (const [i, byte] of slice.entries()) {
      if (byte > 1) throw damaged(stream.place(start + i), `its bitmap is made of 0 and 1, not ${byte}`);
      if (byte === 1) setBit(bits, block);
      block++;
    }
  }
  const place = stream.place();
  const end = (await stream.read(BYTEWISE_END.length, 'its bitmap')).toString('latin1');
  if (end !== BYTEWISE_END) throw damaged(place, `"${BYTEWISE_END}" should end its bitmap`);
}

/** The used blocks as runs, in order. */
export function* usedBlockRuns({ bits, blocks }: BlockMap): Generator<{ first: number; count: number }> {
  if (bits === null) {
    yield { first: 0, count: blocks };
    return;
  }
  for (let block = 0; block < blocks; ) {
    const first = next(bits, block, blocks, 1);
    if (first >= blocks) return;
    block = next(bits, first, blocks, 0);
    yield { first, count: block - first };
  }
}

/** How many blocks are used: counted, since the head's own numbers are not always right. */
export function countBlocks(map: BlockMap): number {
  let count = 0;
  for (const run of usedBlockRuns(map)) count += run.count;
  return count;
}

/** The first block from `block` on whose bit is `value`. */
function next(bits: Uint8Array, from: number, blocks: number, value: 0 | 1): number {
  const other = value === 1 ? 0x00 : 0xff;
  let block = from;
  while (block < blocks) {
    const byte = bits[Math.floor(block / 8)] ?? 0;
    if (block % 8 === 0 && byte === other) block += 8;
    else if (((byte >> (block % 8)) & 1) === value) return block;
    else block++;
  }
  return blocks;
}

/** Block numbers go past 2^31, where shifts would not. */
function setBit(bits: Uint8Array, block: number): void {
  const at = Math.floor(block / 8);
  bits[at] = (bits[at] ?? 0) | (1 << (block % 8));
}

import type { VolumeReader } from '../volume-reader.ts';
import type { XfsLogPlace } from './superblock.ts';

/** The log counts in blocks of this size, whatever the device has. */
const BLOCK = 512;
const RECORD_MAGIC = 0xfeed_babe;
/** Bytes of a record that one header block can describe. */
const PER_HEADER = 32_768;
/** The kernel writes at most 8 records of 256 KiB at a time, in any order: so far a hole may hide newer ones. */
const WINDOW_BLOCKS = (8 * 262_144) / BLOCK;
const UNMOUNT = 0x20;

/**
 * Whether the log of an XFS ends in the record that unmounting writes, so that nothing has to be replayed. It
 * is what a mount looks at, too: each block of the log carries the number of the turn (cycle) in which it was
 * written; where that number falls is the head, and the last record before it decides.
 */
export async function isXfsLogClean(read: VolumeReader, log: XfsLogPlace): Promise<boolean> {
  const blocks = Math.floor(log.length / BLOCK);
  const readBlocks = (first: number, count: number): Promise<Buffer> =>
    read(log.start + first * BLOCK, count * BLOCK);
  const firstCycle = cycleOf(await readBlocks(0, 1), 0);
  // A log of zeros was never written.
  if (firstCycle === 0) return true;
  const head = await findHead(readBlocks, blocks, firstCycle);
  return (
    (await endsInUnmount(readBlocks, blocks, head)) &&
    !(await newerBehind(readBlocks, blocks, head, firstCycle))
  );
}

type ReadBlocks = (first: number, count: number) => Promise<Buffer>;

/** The first block that was not written in the turn of block 0; the log's end when all were. */
async function findHead(read: ReadBlocks, blocks: number, firstCycle: number): Promise<number> {
  let [low, high] = [0, blocks];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (cycleOf(await read(middle, 1), 0) === firstCycle) low = middle;
    else high = middle;
  }
  return high;
}

/** Whether the record that starts last before `head` ends there and is the one that unmounting writes. */
async function endsInUnmount(read: ReadBlocks, blocks: number, head: number): Promise<boolean> {
  const before = Math.min(WINDOW_BLOCKS, head);
  const wrapped = Math.min(WINDOW_BLOCKS - before, blocks - head);
  // A record goes on at the log's start where it does not fit before its end.
  const bytes = Buffer.concat([await read(blocks - wrapped, wrapped), await read(head - before, before)]);
  for (let at = bytes.length - BLOCK; at >= 0; at -= BLOCK) {
    if (bytes.readUInt32BE(at) !== RECORD_MAGIC) continue;
    const version2 = (bytes.readUInt32BE(at + 8) & 2) !== 0;
    const size = bytes.readUInt32BE(at + 320);
    const headers = version2 && size > PER_HEADER ? Math.ceil(size / PER_HEADER) : 1;
    const operationAt = at + headers * BLOCK;
    const end = operationAt + Math.ceil(bytes.readUInt32BE(at + 12) / BLOCK) * BLOCK;
    const operations = bytes.readUInt32BE(at + 40);
    if (end !== bytes.length || end === operationAt || operations !== 1) return false;
    return (bytes.readUInt8(operationAt + 9) & UNMOUNT) !== 0;
  }
  return false;
}

/** Whether a block within reach behind the head was written after the block before it. */
async function newerBehind(read: ReadBlocks, blocks: number, head: number, cycle: number): Promise<boolean> {
  const before = Math.min(WINDOW_BLOCKS, blocks - head);
  const wrapped = Math.min(WINDOW_BLOCKS - before, head);
  const isNewer = async (first: number, count: number, oldest: number): Promise<boolean> => {
    const bytes = await read(first, count);
    for (let i = 0; i < count; i++) if (cycleOf(bytes, i * BLOCK) >= oldest) return true;
    return false;
  };
  return (await isNewer(head, before, cycle)) || (await isNewer(0, wrapped, cycle + 1));
}

/** The turn in which a block was written: its first word, but for the first block of a record its second. */
function cycleOf(bytes: Buffer, at: number): number {
  const word = bytes.readUInt32BE(at);
  return word === RECORD_MAGIC ? bytes.readUInt32BE(at + 4) : word;
}

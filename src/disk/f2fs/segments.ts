import type { VolumeReader } from '../volume-reader.ts';
import { CHECKPOINT, type Checkpoint } from './checkpoint.ts';
import { expectF2fs } from './damaged.ts';
import { BLOCK_BYTES, type F2fsLayout, SEGMENT_BLOCKS } from './superblock.ts';

const ENTRY_BYTES = 74;
const ENTRIES_PER_BLOCK = Math.floor(BLOCK_BYTES / ENTRY_BYTES);
const MAP_AT = 2;
const MAP_BYTES = SEGMENT_BLOCKS / 8;
/** Most segments of most volumes; told at once. */
const NOTHING_VALID = Buffer.alloc(MAP_BYTES);
const VALID_BLOCKS_MASK = 0x3ff;
/** A summary block: entries for 512 blocks, then the journal, then a footer of 5 bytes. */
const JOURNAL_AT = SEGMENT_BLOCKS * 7;
const JOURNAL_BYTES = BLOCK_BYTES - JOURNAL_AT - 5;
const JOURNAL_ENTRY_BYTES = 4 + ENTRY_BYTES;
const MOST_JOURNAL_ENTRIES = Math.floor((JOURNAL_BYTES - 2) / JOURNAL_ENTRY_BYTES);
/** The SIT's journal is kept with the summary of the third data log (cold). */
const COLD_DATA = 2;

/**
 * Calls `each` for every segment of the main area in order with its map of valid blocks: one bit per block,
 * most significant first. The table's entries are overridden by the journal in the checkpoint.
 *
 * @throws MimeoError `volume-damaged` when a map does not hold as many blocks as its entry says
 */
export async function eachSegment(
  read: VolumeReader,
  layout: F2fsLayout,
  checkpoint: Checkpoint,
  each: (segment: number, validMap: Buffer, validBlocks: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const journal = await readJournal(read, layout, checkpoint);
  let valid = 0;
  expectF2fs(layout.mainSegments <= layout.sitBlocks * ENTRIES_PER_BLOCK, 'its SIT is too short');
  for (let segment = 0; segment < layout.mainSegments; ) {
    signal?.throwIfAborted();
    const index = segment / ENTRIES_PER_BLOCK; // whole: a block is finished before the next is read
    const copy = ((checkpoint.sitVersions[index >> 3] ?? 0) >> (7 - (index & 7))) & 1;
    const block = await read((layout.sitAt + index + copy * layout.sitBlocks) * BLOCK_BYTES, BLOCK_BYTES);
    for (let i = 0; i < ENTRIES_PER_BLOCK && segment < layout.mainSegments; i++, segment++) {
      const entry = journal.get(segment) ?? block.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES);
      const map = entry.subarray(MAP_AT, MAP_AT + MAP_BYTES);
      const count = countOnes(map);
      expectF2fs(count === (entry.readUInt16LE(0) & VALID_BLOCKS_MASK), `segment ${segment} does not add up`);
      valid += count;
      each(segment, map, count);
    }
  }
  // Blocks that are promised to a file and were never written are in no segment.
  expectF2fs(valid > 0 && valid <= checkpoint.validBlocks, `${valid} blocks are valid, not what it counts`);
}

/** Entries that were changed since the table was last written, by segment. */
async function readJournal(
  read: VolumeReader,
  { mainSegments }: F2fsLayout,
  { flags, summariesAt }: Checkpoint,
): Promise<Map<number, Buffer>> {
  const compact = (flags & CHECKPOINT.compactSummaries) !== 0;
  // Compact: the journal of the NAT comes first, then that of the SIT.
  const block = await read((summariesAt + (compact ? 0 : COLD_DATA)) * BLOCK_BYTES, BLOCK_BYTES);
  const start = compact ? JOURNAL_BYTES : JOURNAL_AT;
  const count = block.readUInt16LE(start);
  expectF2fs(count <= MOST_JOURNAL_ENTRIES, `its SIT journal has ${count} entries`);
  const journal = new Map<number, Buffer>();
  for (let i = 0; i < count; i++) {
    const at = start + 2 + i * JOURNAL_ENTRY_BYTES;
    const segment = block.readUInt32LE(at);
    expectF2fs(segment < mainSegments && !journal.has(segment), `its SIT journal names segment ${segment}`);
    journal.set(segment, block.subarray(at + 4, at + 4 + ENTRY_BYTES));
  }
  return journal;
}

function countOnes(map: Buffer): number {
  let ones = 0;
  if (map.equals(NOTHING_VALID)) return ones;
  for (let byte of map) for (; byte !== 0; byte &= byte - 1) ones++;
  return ones;
}

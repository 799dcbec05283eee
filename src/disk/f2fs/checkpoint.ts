import type { VolumeReader } from '../volume-reader.ts';
import { f2fsChecksum } from './checksum.ts';
import { expectF2fs } from './damaged.ts';
import { BLOCK_BYTES, type F2fsLayout, SEGMENT_BLOCKS } from './superblock.ts';

/** The state of an F2FS volume as its newest whole checkpoint keeps it. */
export interface Checkpoint {
  readonly version: bigint;
  readonly flags: number;
  /** Blocks in use, those included that are promised and not written yet. */
  readonly validBlocks: number;
  /** Segments that logs append to: three of nodes (hot, warm, cold), three of data. */
  readonly currentSegments: readonly number[];
  /** The block, counted from the main area's start, where the next warm node goes. */
  readonly nextWarmNode: number;
  /** One bit per block of the SIT, most significant first: 1 when its second copy is the valid one. */
  readonly sitVersions: Buffer;
  /** Where the summaries of the current segments lie, in blocks from the volume's start. */
  readonly summariesAt: number;
}

export const CHECKPOINT = {
  unmounted: 0x1,
  compactSummaries: 0x4,
  error: 0x8,
  needsCheck: 0x10,
  largeNatBitmap: 0x400,
  disabled: 0x1000,
  disabledQuick: 0x2000,
  resizing: 0x4000,
} as const;

const BITMAPS_AT = 192;
const NODE_LOGS_AT = 36;
const NODE_OFFSETS_AT = 68;
const DATA_LOGS_AT = 84;
const LOGS = 3;
const WARM = 1;

/**
 * Reads both checkpoint packs and returns the newer one that is whole: its first and last block are intact
 * and of one version.
 *
 * @throws MimeoError `volume-damaged` when neither is, or when its numbers make no sense
 */
export async function readCheckpoint(read: VolumeReader, layout: F2fsLayout): Promise<Checkpoint> {
  const packs: { head: Buffer; at: number }[] = [];
  for (const at of [layout.checkpointAt, layout.checkpointAt + SEGMENT_BLOCKS]) {
    const head = await wholePack(read, layout, at);
    if (head !== null) packs.push({ head, at });
  }
  const [one, other] = packs;
  expectF2fs(one !== undefined, 'it has no whole checkpoint');
  const newer = other !== undefined && isAfter(other.head, one.head) ? other : one;
  return checkpointOf(newer.head, newer.at, layout);
}

/** The pack's first block and its payload; null when the pack is not whole. */
async function wholePack(read: VolumeReader, layout: F2fsLayout, at: number): Promise<Buffer | null> {
  const head = await read(at * BLOCK_BYTES, (1 + layout.checkpointPayload) * BLOCK_BYTES);
  const blocks = head.readUInt32LE(136);
  if (!isIntact(head) || blocks < 2 + layout.checkpointPayload || blocks > SEGMENT_BLOCKS) return null;
  const tail = await read((at + blocks - 1) * BLOCK_BYTES, BLOCK_BYTES);
  return isIntact(tail) && tail.readBigUInt64LE(0) === head.readBigUInt64LE(0) ? head : null;
}

/** The checksum stands anywhere behind the fixed fields; what comes after it is summed, too. */
function isIntact(head: Buffer): boolean {
  const block = head.subarray(0, BLOCK_BYTES);
  const at = block.readUInt32LE(164);
  if (at < BITMAPS_AT || at > BLOCK_BYTES - 4) return false;
  return (
    f2fsChecksum(Buffer.concat([block.subarray(0, at), block.subarray(at + 4)])) === block.readUInt32LE(at)
  );
}

/** Versions may wrap around. */
function isAfter(a: Buffer, b: Buffer): boolean {
  return BigInt.asIntN(64, a.readBigUInt64LE(0) - b.readBigUInt64LE(0)) > 0n;
}

function checkpointOf(head: Buffer, at: number, layout: F2fsLayout): Checkpoint {
  const flags = head.readUInt32LE(132);
  const startOfSummaries = head.readUInt32LE(140);
  expectF2fs(
    startOfSummaries > layout.checkpointPayload && startOfSummaries < head.readUInt32LE(136),
    'a checkpoint has no summaries',
  );
  const segments = [NODE_LOGS_AT, DATA_LOGS_AT].flatMap((logs) =>
    Array.from({ length: LOGS }, (_, i) => head.readUInt32LE(logs + i * 4)),
  );
  expectF2fs(
    segments.every((segment) => segment < layout.mainSegments),
    'a log is outside the main area',
  );
  const warmOffset = head.readUInt16LE(NODE_OFFSETS_AT + WARM * 2);
  expectF2fs(warmOffset <= SEGMENT_BLOCKS, 'a log is outside its segment');
  return {
    version: head.readBigUInt64LE(0),
    flags,
    validBlocks: Number(head.readBigUInt64LE(16)),
    currentSegments: segments,
    nextWarmNode: (segments[WARM] ?? 0) * SEGMENT_BLOCKS + warmOffset,
    sitVersions: sitVersions(head, flags, layout),
    summariesAt: at + startOfSummaries,
  };
}

function sitVersions(head: Buffer, flags: number, layout: F2fsLayout): Buffer {
  const [sitBytes, natBytes] = [head.readUInt32LE(156), head.readUInt32LE(160)];
  expectF2fs(sitBytes * 8 >= layout.sitBlocks, 'its SIT bitmap is too short');
  let start = BITMAPS_AT;
  // With a large NAT bitmap the checksum stands first, then that bitmap; else a payload is all the SIT's.
  if ((flags & CHECKPOINT.largeNatBitmap) !== 0) start = BITMAPS_AT + 4 + natBytes;
  else if (layout.checkpointPayload > 0) start = BLOCK_BYTES;
  expectF2fs(start + sitBytes <= head.length, 'its SIT bitmap does not fit');
  return head.subarray(start, start + sitBytes);
}

import type { VolumeReader } from '../volume-reader.ts';
import type { ChunkMap } from './chunk-map.ts';
import { expectBtrfs } from './damaged.ts';
import type { BtrfsSuper, TreeRoot } from './superblock.ts';
import { u64 } from './u64.ts';

export interface Key {
  readonly objectId: bigint;
  readonly type: number;
  readonly offset: bigint;
}

export interface Item extends Key {
  readonly data: Buffer;
}

const HEADER_BYTES = 101;
const KEY_BYTES = 17;
const ITEM_BYTES = KEY_BYTES + 8;
const POINTER_BYTES = KEY_BYTES + 16;

/** The part of a volume that walking its trees needs. */
export interface TreeVolume {
  readonly read: VolumeReader;
  readonly head: BtrfsSuper;
  readonly chunks: ChunkMap;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The items of a tree from `first` to `last` (both included) in order. Every block on the way must be intact
 * and say that it is the block it was taken for: address, tree, level, generation, first key. Keys only ever
 * rise and levels only ever fall, so that no damage can lead in circles.
 *
 * @throws MimeoError `volume-damaged`
 */
export async function* itemsOf(
  volume: TreeVolume,
  root: TreeRoot,
  first: Key,
  last: Key,
): AsyncGenerator<Item> {
  yield* below(volume, root, null, first, last);
}

async function* below(
  volume: TreeVolume,
  place: TreeRoot,
  lowest: Key | null,
  first: Key,
  last: Key,
): AsyncGenerator<Item> {
  volume.signal?.throwIfAborted();
  const block = await readBlock(volume, place);
  const count = block.readUInt32LE(0x60);
  const entryBytes = place.level === 0 ? ITEM_BYTES : POINTER_BYTES;
  expectBtrfs(HEADER_BYTES + count * entryBytes <= block.length, `block ${place.at} has too many entries`);
  expectBtrfs(count > 0 || lowest === null, `block ${place.at} is empty`);
  const keys = Array.from({ length: count }, (_, i) => keyAt(block, HEADER_BYTES + i * entryBytes));
  let before: Key | null = null;
  for (const key of keys) {
    const rises = before === null ? lowest === null || compare(key, lowest) === 0 : compare(key, before) > 0;
    expectBtrfs(rises, `the keys of block ${place.at} are not in order`);
    before = key;
  }
  for (const [i, key] of keys.entries()) {
    if (compare(key, last) > 0) return;
    const at = HEADER_BYTES + i * entryBytes;
    if (place.level === 0) {
      if (compare(key, first) >= 0) yield { ...key, data: dataOf(block, at) };
      continue;
    }
    const next = keys[i + 1];
    if (next !== undefined && compare(next, first) <= 0) continue;
    const child = {
      owner: place.owner,
      at: u64(block, at + KEY_BYTES),
      level: place.level - 1,
      generation: block.readBigUInt64LE(at + KEY_BYTES + 8),
    };
    for await (const item of below(volume, child, key, first, last)) {
      // A child's own keys rise; they must also end before the next child's start.
      expectBtrfs(next === undefined || compare(item, next) < 0, `block ${child.at} reaches into the next`);
      yield item;
    }
  }
}

/** Reads a tree block from the first of its copies that is intact. */
async function readBlock({ read, head, chunks }: TreeVolume, place: TreeRoot): Promise<Buffer> {
  const { nodeBytes, sectorBytes } = head;
  expectBtrfs(place.at % sectorBytes === 0, `a tree block lies at ${place.at}`);
  const chunk = chunks.holding(place.at, nodeBytes);
  for (const copyAt of chunk.copiesAt) {
    const block = await read(copyAt + place.at - chunk.logical, nodeBytes);
    if (isBlock(block, place, head) && head.isIntact(block)) return block;
  }
  expectBtrfs(false, `block ${place.at} of tree ${place.owner} is damaged`);
}

function isBlock(block: Buffer, { at, owner, level, generation }: TreeRoot, head: BtrfsSuper): boolean {
  return (
    block.subarray(0x20, 0x30).equals(head.metadataId) &&
    block.readBigUInt64LE(0x30) === BigInt(at) &&
    block.readBigUInt64LE(0x50) === generation &&
    block.readBigUInt64LE(0x58) === owner &&
    block.readUInt8(0x64) === level
  );
}

/** An item's data, whose place counts from the end of the header. */
function dataOf(block: Buffer, at: number): Buffer {
  const start = HEADER_BYTES + block.readUInt32LE(at + KEY_BYTES);
  const end = start + block.readUInt32LE(at + KEY_BYTES + 4);
  expectBtrfs(end <= block.length, 'an item lies outside its block');
  return block.subarray(start, end);
}

/** The key of 17 bytes that stands at `at`. */
export function keyAt(block: Buffer, at: number): Key {
  return {
    objectId: block.readBigUInt64LE(at),
    type: block.readUInt8(at + 8),
    offset: block.readBigUInt64LE(at + 9),
  };
}

function compare(a: Key, b: Key): number {
  if (a.objectId !== b.objectId) return a.objectId < b.objectId ? -1 : 1;
  if (a.type !== b.type) return a.type - b.type;
  return a.offset === b.offset ? 0 : a.offset < b.offset ? -1 : 1;
}

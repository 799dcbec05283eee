import { MimeoError } from '../../errors.ts';
import type { ByteRun } from '../../image/index.ts';
import { subtractRuns } from '../byte-runs.ts';
import type { VolumeReader } from '../volume-reader.ts';
import { type Chunk, ChunkMap, parseChunk } from './chunk-map.ts';
import { expectBtrfs } from './damaged.ts';
import { readUsage } from './extents.ts';
import { type BtrfsSuper, readBtrfsSuper, SUPERS_AT, type TreeRoot } from './superblock.ts';
import { itemsOf, type Key, keyAt, type TreeVolume } from './tree.ts';
import { u64 } from './u64.ts';

/** btrfs keeps the device's start free for boot loaders, and puts its superblock there. */
const RESERVED_BYTES = 1_048_576;
/** Around each copy of the superblock nothing is allocated in so many bytes. */
const SUPER_RESERVED_BYTES = 65_536;
const KEY_BYTES = 17;
const CHUNK_OBJECT = 256n;
const CHUNK_ITEM = 228;
const EXTENT_TREE = 2n;
const BLOCK_GROUP_TREE = 11n;
const ROOT_ITEM = 132;
const MOST = 0xffff_ffff_ffff_ffffn;

/**
 * The bytes that no extent claims: device space in no chunk, and in chunks (single or DUP, on one device)
 * what the extent tree does not list. The device's first MiB, the copies of the superblock and what lies
 * behind the device's end count as used.
 *
 * @throws MimeoError `volume-dirty` when a log waits to be replayed, `volume-damaged` for anything that is
 * damaged, not known, or does not add up
 */
export async function freeRunsOfBtrfs(
  read: VolumeReader,
  lengthBytes: number,
  signal?: AbortSignal,
): Promise<ByteRun[]> {
  const head = await readBtrfsSuper(read, lengthBytes);
  if (head.logRoot !== 0) {
    throw new MimeoError('volume-dirty', 'The btrfs volume was not unmounted cleanly: its log holds files.', {
      next: 'Start the master once, shut it down with "poweroff" and capture again.',
    });
  }
  const volume = await openTrees(read, head, signal);
  const extentTree = await findTree(volume, EXTENT_TREE);
  const groupTree = head.hasBlockGroupTree ? await findTree(volume, BLOCK_GROUP_TREE) : extentTree;
  const extents = await readUsage(volume, extentTree, groupTree);

  const used: ByteRun[] = [{ start: 0, length: RESERVED_BYTES }];
  for (const start of SUPERS_AT) used.push({ start, length: SUPER_RESERVED_BYTES });
  for (const { chunk, runs } of extents) {
    for (const copyAt of chunk.copiesAt)
      for (const { start, length } of runs) used.push({ start: copyAt + start - chunk.logical, length });
  }
  return subtractRuns([{ start: 0, length: head.deviceBytes }], used);
}

/** From the few chunks that the superblock lists to the tree that lists all of them. */
async function openTrees(
  read: VolumeReader,
  head: BtrfsSuper,
  signal: AbortSignal | undefined,
): Promise<TreeVolume> {
  const system = new ChunkMap(systemChunks(head));
  const bootstrap = { read, head, chunks: system, signal };
  const chunks: Chunk[] = [];
  const all = { objectId: CHUNK_OBJECT, type: CHUNK_ITEM };
  const items = itemsOf(bootstrap, head.chunkTree, { ...all, offset: 0n }, { ...all, offset: MOST });
  for await (const { offset, data } of items) chunks.push(parseChunk(place(offset), data, head).chunk);
  return { ...bootstrap, chunks: new ChunkMap(chunks) };
}

function systemChunks(head: BtrfsSuper): Chunk[] {
  const { systemChunks: list } = head;
  const chunks: Chunk[] = [];
  for (let at = 0; at < list.length; ) {
    expectBtrfs(at + KEY_BYTES <= list.length, 'its list of system chunks is cut off');
    const key = keyAt(list, at);
    expectBtrfs(key.objectId === CHUNK_OBJECT && key.type === CHUNK_ITEM, 'a system chunk is something else');
    const { chunk, itemBytes } = parseChunk(place(key.offset), list.subarray(at + KEY_BYTES), head);
    chunks.push(chunk);
    at += KEY_BYTES + itemBytes;
  }
  return chunks;
}

/** A tree's root, as the tree of roots names it. */
async function findTree(volume: TreeVolume, owner: bigint): Promise<TreeRoot> {
  const wanted: Key = { objectId: owner, type: ROOT_ITEM, offset: 0n };
  for await (const { data } of itemsOf(volume, volume.head.rootTree, wanted, wanted)) {
    expectBtrfs(data.length >= 239, 'a root item is too short');
    const level = data.readUInt8(238);
    expectBtrfs(level <= 7, 'a tree is too high');
    return { owner, at: u64(data, 176), level, generation: data.readBigUInt64LE(160) };
  }
  expectBtrfs(false, `it has no tree ${owner}`);
}

function place(offset: bigint): number {
  const value = Number(offset);
  expectBtrfs(Number.isSafeInteger(value), `a chunk starts at ${offset}`);
  return value;
}

import type { ByteRun } from '../../image/index.ts';
import { RunCollector } from '../run-collector.ts';
import type { Chunk } from './chunk-map.ts';
import { expectBtrfs } from './damaged.ts';
import type { TreeRoot } from './superblock.ts';
import { type Item, itemsOf, type TreeVolume } from './tree.ts';
import { u64 } from './u64.ts';

/** What extents claim of a chunk. */
export interface ChunkUsage {
  readonly chunk: Chunk;
  /** In logical addresses; sorted, joined. */
  readonly runs: readonly ByteRun[];
}

const EXTENT_ITEM = 168;
const METADATA_ITEM = 169;
const BLOCK_GROUP_ITEM = 192;
/** References to extents that do not fit into the item: owner, tree, data, shared block, shared data. */
const REFERENCES: ReadonlySet<number> = new Set([172, 176, 178, 182, 184]);
const LOWEST = { objectId: 0n, type: 0, offset: 0n };
const HIGHEST = { objectId: 0xffff_ffff_ffff_ffffn, type: 255, offset: 0xffff_ffff_ffff_ffffn };

class Usage implements ChunkUsage {
  readonly chunk: Chunk;
  readonly #runs = new RunCollector();
  bytes = 0;

  constructor(chunk: Chunk) {
    this.chunk = chunk;
  }

  get runs(): ByteRun[] {
    return this.#runs.runs;
  }

  add(start: number, length: number): void {
    this.#runs.add(start, length);
    this.bytes += length;
  }
}

/**
 * Reads which extents each chunk holds, and proves the reading by the filesystem's own counts: what each
 * block group and the whole volume have in use.
 *
 * @param groupTree where the block group items are: the extent tree, or one of their own
 * @throws MimeoError `volume-damaged` when it does not add up
 */
export async function readUsage(
  volume: TreeVolume,
  extentTree: TreeRoot,
  groupTree: TreeRoot,
): Promise<ChunkUsage[]> {
  const usage = new Map(volume.chunks.chunks.map((chunk) => [chunk.logical, new Usage(chunk)]));
  const groups: Item[] = [];
  let end = 0;
  for await (const item of itemsOf(volume, extentTree, LOWEST, HIGHEST)) {
    if (item.type === BLOCK_GROUP_ITEM) groups.push(item);
    if (item.type === BLOCK_GROUP_ITEM || REFERENCES.has(item.type)) continue;
    const { start, length } = extentOf(item, volume.head.nodeBytes);
    expectBtrfs(start >= end && length > 0, `extents overlap at ${start}`);
    const { sectorBytes } = volume.head;
    expectBtrfs(start % sectorBytes === 0 && length % sectorBytes === 0, `the extent at ${start} is odd`);
    end = start + length;
    usage.get(volume.chunks.holding(start, length).logical)?.add(start, length);
  }
  if (groupTree !== extentTree) {
    expectBtrfs(groups.length === 0, 'block groups lie in two trees');
    for await (const item of itemsOf(volume, groupTree, LOWEST, HIGHEST)) {
      expectBtrfs(item.type === BLOCK_GROUP_ITEM, `an item of type ${item.type} is among the block groups`);
      groups.push(item);
    }
  }
  checkCounts(usage, groups, volume.head.usedBytes);
  return [...usage.values()];
}

function extentOf({ objectId, type, offset }: Item, nodeBytes: number): ByteRun {
  expectBtrfs(type === EXTENT_ITEM || type === METADATA_ITEM, `an extent of type ${type} is not known`);
  const run = { start: Number(objectId), length: type === METADATA_ITEM ? nodeBytes : Number(offset) };
  expectBtrfs(Number.isSafeInteger(run.start + run.length), `an extent lies at ${objectId}`);
  return run;
}

function checkCounts(usage: ReadonlyMap<number, Usage>, groups: readonly Item[], totalBytes: number): void {
  expectBtrfs(groups.length === usage.size, 'its block groups are not its chunks');
  for (const { objectId, offset, data } of groups) {
    const found = usage.get(Number(objectId));
    expectBtrfs(found?.chunk.length === Number(offset), `block group ${objectId} is no chunk`);
    expectBtrfs(
      data.length === 24 && u64(data, 0) === found.bytes,
      `block group ${objectId} does not add up`,
    );
  }
  const sum = [...usage.values()].reduce((bytes, found) => bytes + found.bytes, 0);
  expectBtrfs(sum === totalBytes, `it has ${sum} bytes in extents and counts ${totalBytes}`);
}

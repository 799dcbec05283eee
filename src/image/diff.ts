import { layoutChanges } from './layout-changes.ts';
import { countUsedBytes } from './mask.ts';
import { chunkLength } from './region-masks.ts';
import { allDisks, type ChunkId, type DiskImage, type ImageIndex, type Region } from './types.ts';

/** Chunks, and the used bytes in them. */
export interface ChunkSum {
  readonly chunks: number;
  readonly bytes: number;
}

/** How one region of a disk differs. Chunks are compared place by place. */
export interface RegionDiff {
  /** 0 is the disk that starts the machine. */
  readonly disk: number;
  readonly kind: Region['kind'];
  /** 0 for the gap before the first partition. */
  readonly partition: number;
  /** Null where the region is not there. */
  readonly filesystems: readonly [Region['filesystem'] | null, Region['filesystem'] | null];
  readonly same: ChunkSum;
  /** In use in both, with another content; the bytes are those of the second. */
  readonly changed: ChunkSum;
  readonly onlyFirst: ChunkSum;
  readonly onlySecond: ChunkSum;
  /** Compressed bytes of what a disk with the first image lacks of the second. */
  readonly fetchBytes: number;
}

export interface ImageDiff {
  /** Differences of tables, places, sizes and filesystems, each a sentence. */
  readonly layout: readonly string[];
  readonly regions: readonly RegionDiff[];
  readonly same: ChunkSum;
  readonly changed: ChunkSum;
  readonly onlyFirst: ChunkSum;
  readonly onlySecond: ChunkSum;
  /** Compressed bytes that a machine with the first image fetches to become the second. */
  readonly fetchBytes: number;
  /** The same, the other way round. */
  readonly revertBytes: number;
}

/**
 * What is different between two images. A machine that has the first one fetches `fetchBytes` to get the second:
 * every chunk that is not at its place already, as a deployment does.
 */
export function diffImages(first: ImageIndex, second: ImageIndex): ImageDiff {
  const regions = pairs(first, second).map(diffRegion);
  const sum = (part: 'same' | 'changed' | 'onlyFirst' | 'onlySecond'): ChunkSum => ({
    chunks: regions.reduce((all, region) => all + region[part].chunks, 0),
    bytes: regions.reduce((all, region) => all + region[part].bytes, 0),
  });
  return {
    layout: layoutChanges(first, second),
    regions,
    same: sum('same'),
    changed: sum('changed'),
    onlyFirst: sum('onlyFirst'),
    onlySecond: sum('onlySecond'),
    fetchBytes: fetchOf(pairs(first, second)),
    revertBytes: fetchOf(pairs(second, first)),
  };
}

interface Pair {
  readonly disk: number;
  readonly first: Region | null;
  readonly second: Region | null;
}

/** Regions of the same disk and partition beside each other, in the order of the second, then what it lacks. */
function pairs(first: ImageIndex, second: ImageIndex): Pair[] {
  const [before, after] = [allDisks(first), allDisks(second)];
  const found: Pair[] = [];
  for (let disk = 0; disk < Math.max(before.length, after.length); disk++) {
    const [old, now] = [before[disk]?.regions ?? [], after[disk]?.regions ?? []];
    for (const region of now) found.push({ disk, first: regionLike(old, region), second: region });
    for (const region of old) {
      if (regionLike(now, region) === null) found.push({ disk, first: region, second: null });
    }
  }
  return found;
}

function regionLike(regions: DiskImage['regions'], { kind, partition }: Region): Region | null {
  return regions.find((one) => one.kind === kind && one.partition === partition) ?? null;
}

function diffRegion(pair: Pair): RegionDiff {
  const { disk, first, second } = pair;
  const sums = { same: none(), changed: none(), onlyFirst: none(), onlySecond: none() };
  const places = Math.max(first?.chunks.count ?? 0, second?.chunks.count ?? 0);
  for (let i = 0; i < places; i++) {
    const [old, now] = [idAt(first, i), idAt(second, i)];
    if (now === null && first !== null && old !== null) count(sums.onlyFirst, first, i);
    if (now === null || second === null) continue;
    if (old === null) count(sums.onlySecond, second, i);
    else if (old === now) count(sums.same, second, i);
    else count(sums.changed, second, i);
  }
  const { kind, partition } = second ?? first ?? { kind: 'gap', partition: 0 };
  const filesystems = [first?.filesystem ?? null, second?.filesystem ?? null] as const;
  return { disk, kind, partition, filesystems, ...sums, fetchBytes: fetchOf([pair]) };
}

function none(): { chunks: number; bytes: number } {
  return { chunks: 0, bytes: 0 };
}

function count(sum: { chunks: number; bytes: number }, { chunks, lengthBytes }: Region, i: number): void {
  sum.chunks++;
  sum.bytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
}

function fetchOf(found: readonly Pair[]): number {
  let bytes = 0;
  for (const { first, second } of found) {
    if (second === null) continue;
    const moved = first?.startByte !== second.startByte;
    for (let i = 0; i < second.chunks.count; i++) {
      const id = second.chunks.id(i);
      if (id === null || (!moved && idAt(first, i) === id)) continue;
      bytes += second.chunks.storedBytes(i);
    }
  }
  return bytes;
}

function idAt(region: Region | null, i: number): ChunkId | null {
  return region !== null && i < region.chunks.count ? region.chunks.id(i) : null;
}

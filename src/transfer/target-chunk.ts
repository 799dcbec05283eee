import { MimeoError } from '../errors.ts';
import {
  CHUNK_BYTES,
  type ChunkId,
  chunkLength,
  countUsedBytes,
  type DiskImage,
  type DiskLayout,
  type Region,
} from '../image/index.ts';

/** A chunk of the image and its place on the disk. */
export interface TargetChunk {
  /** Counts all chunks of the image, in write order, from 0. */
  readonly number: number;
  readonly id: ChunkId;
  readonly mask: Uint8Array;
  /** From the start of the disk. */
  readonly offset: number;
  readonly length: number;
  readonly usedBytes: number;
}

/**
 * The chunks of an image that hold anything, in write order (the order of the disk), with their places on a
 * disk of the given layout.
 *
 * @param keep partitions whose chunks are left out
 * @throws MimeoError `index-damaged` when a region would be written where it does not belong
 */
export function* targetChunks(
  index: DiskImage,
  layout: DiskLayout,
  keep: ReadonlySet<number> = new Set(),
): Generator<TargetChunk> {
  let number = 0;
  for (const { region, startByte } of placedRegions(index, layout, keep)) {
    for (let i = 0; i < region.chunks.count; i++, number++) {
      const id = region.chunks.id(i);
      if (id === null) continue;
      const mask = region.chunks.mask(i);
      const length = chunkLength(region.lengthBytes, i);
      const usedBytes = countUsedBytes(mask, length);
      yield { number, id, mask, offset: startByte + i * CHUNK_BYTES, length, usedBytes };
    }
  }
}

/** How many numbers {@link targetChunks} gives out, empty chunks included. */
export function chunkNumbers(index: DiskImage): number {
  return index.regions.reduce((sum, region) => sum + region.chunks.count, 0);
}

function placedRegions(
  index: DiskImage,
  layout: DiskLayout,
  keep: ReadonlySet<number>,
): { region: Region; startByte: number }[] {
  const written = index.regions.filter(({ kind, partition }) => kind === 'gap' || !keep.has(partition));
  const placed = written.map((region) => ({ region, startByte: placeOf(region, index, layout) }));
  placed.sort((a, b) => a.startByte - b.startByte);
  const kept = layout.partitions.filter(({ number }) => keep.has(number));
  let end = layout.sectorBytes;
  for (const { region, startByte } of placed) {
    if (startByte < end) throw misplaced(region, 'would be written over another part');
    end = startByte + region.lengthBytes;
    if (end > layout.diskBytes) throw misplaced(region, 'would reach past the end of the disk');
    const over = kept.find((one) => one.startByte < end && startByte < one.startByte + one.lengthBytes);
    if (over !== undefined)
      throw misplaced(region, `would be written over partition ${over.number}, which stays`);
  }
  return placed;
}

/** A partition's region moves with its partition. */
function placeOf(region: Region, index: DiskImage, layout: DiskLayout): number {
  if (region.kind === 'gap') return region.startByte;
  const master = index.layout.partitions.find(({ number }) => number === region.partition);
  const target = layout.partitions.find(({ number }) => number === region.partition);
  if (master === undefined || target === undefined) throw misplaced(region, 'has no partition');
  const within = region.startByte - master.startByte;
  if (within < 0 || within + region.lengthBytes > target.lengthBytes) {
    throw misplaced(region, 'is larger than its partition');
  }
  return target.startByte + within;
}

function misplaced(region: Region, words: string): MimeoError {
  const name = region.kind === 'gap' ? 'the boot loader gap' : `partition ${region.partition}`;
  return new MimeoError('index-damaged', `The image's data of ${name} ${words}.`);
}

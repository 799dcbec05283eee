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

/** The chunks of a disk of an image and their places on a disk of the given layout. */
export class TargetChunks {
  readonly #placed: readonly Placed[];

  /**
   * @param keep partitions whose chunks are left out
   * @throws MimeoError `index-damaged` when a region would be written where it does not belong
   */
  constructor(index: DiskImage, layout: DiskLayout, keep: ReadonlySet<number> = new Set()) {
    let first = 0;
    this.#placed = placedRegions(index, layout, keep).map((placed) => {
      const from = first;
      first += placed.region.chunks.count;
      return { ...placed, first: from };
    });
  }

  /** Those that hold anything, in write order: the order of the disk. */
  *all(): Generator<TargetChunk> {
    for (const placed of this.#placed) {
      for (let i = 0; i < placed.region.chunks.count; i++) {
        const chunk = chunkOf(placed, i);
        if (chunk !== null) yield chunk;
      }
    }
  }

  /** The chunk of this number. @throws RangeError when none has it */
  at(number: number): TargetChunk {
    const placed = this.#placed.findLast(({ first }) => first <= number);
    const within = placed !== undefined && number - placed.first < placed.region.chunks.count;
    const chunk = within ? chunkOf(placed, number - placed.first) : null;
    if (chunk === null) throw new RangeError(`no chunk has the number ${number}`);
    return chunk;
  }
}

interface Placed {
  readonly region: Region;
  /** From the start of the disk. */
  readonly startByte: number;
  /** The number of its first chunk. */
  readonly first: number;
}

function chunkOf({ region, startByte, first }: Placed, i: number): TargetChunk | null {
  const id = region.chunks.id(i);
  if (id === null) return null;
  const mask = region.chunks.mask(i);
  const length = chunkLength(region.lengthBytes, i);
  const usedBytes = countUsedBytes(mask, length);
  return { number: first + i, id, mask, offset: startByte + i * CHUNK_BYTES, length, usedBytes };
}

/** How many numbers {@link TargetChunks} gives out, empty chunks included. */
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

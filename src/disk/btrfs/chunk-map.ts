import type { ByteRun } from '../../image/index.ts';
import { expectBtrfs } from './damaged.ts';
import type { BtrfsSuper } from './superblock.ts';
import { u64 } from './u64.ts';

/** A run of logical addresses and where it lies on the device: once, or twice as a whole (DUP). */
export interface Chunk {
  readonly logical: number;
  readonly length: number;
  readonly copiesAt: readonly number[];
}

const HEAD_BYTES = 48;
const STRIPE_BYTES = 32;
/** DATA, SYSTEM, METADATA. */
const PURPOSES = 0x7n;
const DUP = 0x20n;

/**
 * Reads a CHUNK_ITEM.
 *
 * @returns the chunk and how long the item is
 * @throws MimeoError `volume-damaged` for profiles other than single and DUP, and places off the device
 */
export function parseChunk(
  logical: number,
  item: Buffer,
  { deviceId, deviceBytes, sectorBytes }: BtrfsSuper,
): { readonly chunk: Chunk; readonly itemBytes: number } {
  expectBtrfs(item.length >= HEAD_BYTES + STRIPE_BYTES, 'a chunk item is too short');
  const length = u64(item, 0);
  const type = item.readBigUInt64LE(24);
  const stripes = item.readUInt16LE(44);
  const profile = type & ~PURPOSES;
  expectBtrfs(profile === 0n || profile === DUP, `block group type 0x${type.toString(16)} is not known`);
  expectBtrfs(stripes === (profile === DUP ? 2 : 1), `a chunk lies in ${stripes} places`);
  const itemBytes = HEAD_BYTES + stripes * STRIPE_BYTES;
  expectBtrfs(item.length >= itemBytes, 'a chunk item is too short');
  expectBtrfs(length > 0 && length % sectorBytes === 0 && logical % sectorBytes === 0, 'a chunk is odd');
  const copiesAt = Array.from({ length: stripes }, (_, i) => {
    const stripe = HEAD_BYTES + i * STRIPE_BYTES;
    expectBtrfs(u64(item, stripe) === deviceId, 'a chunk lies on another device');
    const at = u64(item, stripe + 8);
    expectBtrfs(at % sectorBytes === 0 && at + length <= deviceBytes, 'a chunk lies outside the device');
    return at;
  });
  return { chunk: { logical, length, copiesAt }, itemBytes };
}

/** All chunks of a volume by logical address. */
export class ChunkMap {
  readonly chunks: readonly Chunk[];

  /** @throws MimeoError `volume-damaged` when chunks overlap, in either kind of address */
  constructor(chunks: readonly Chunk[]) {
    this.chunks = [...chunks].sort((a, b) => a.logical - b.logical);
    refuseOverlap(this.chunks.map(({ logical, length }) => ({ start: logical, length })));
    const places = chunks.flatMap(({ copiesAt, length }) => copiesAt.map((start) => ({ start, length })));
    refuseOverlap(places.sort((a, b) => a.start - b.start));
  }

  /**
   * The chunk that holds a run of logical addresses.
   * @throws MimeoError `volume-damaged` when none holds all of it
   */
  holding(logical: number, length: number): Chunk {
    let [low, high] = [0, this.chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.chunks[middle]?.logical ?? 0) <= logical) low = middle + 1;
      else high = middle;
    }
    const chunk = this.chunks[low - 1];
    expectBtrfs(
      chunk !== undefined && logical + length <= chunk.logical + chunk.length,
      `address ${logical} lies in no chunk`,
    );
    return chunk;
  }
}

function refuseOverlap(sorted: readonly ByteRun[]): void {
  let end = 0;
  for (const { start, length } of sorted) {
    expectBtrfs(start >= end, `chunks overlap at ${start}`);
    end = start + length;
  }
}

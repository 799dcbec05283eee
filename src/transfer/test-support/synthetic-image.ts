import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import {
  applyMask,
  CHUNK_BYTES,
  ChunkTableBuilder,
  chunkCount,
  chunkIdOf,
  chunkLength,
  type DiskLayout,
  fullMask,
  type ImageIndex,
  isEmpty,
  MASK_BYTES,
  type Region,
} from '../../image/index.ts';
import type { Depot } from './depot.ts';

/** One chunk: a byte that its blocks are made of, and which of them are used. */
export interface ChunkRecipe {
  readonly fill: number;
  readonly use: 'none' | 'all' | 'some';
}

/** A partition of an image made up without any filesystem: chunks and a last one that may be shorter. */
export interface RegionRecipe {
  readonly chunks: readonly ChunkRecipe[];
  readonly lastSectors: number;
}

export const regionRecipes: fc.Arbitrary<RegionRecipe[]> = fc.array(
  fc
    .tuple(
      fc.array(
        fc
          .tuple(
            fc.integer({ min: 0, max: 255 }),
            fc.constantFrom('none' as const, 'all' as const, 'some' as const),
          )
          .map(([fill, use]) => ({ fill, use })),
        { minLength: 1, maxLength: 4 },
      ),
      fc.integer({ min: 1, max: CHUNK_BYTES / 512 }),
    )
    .map(([chunks, lastSectors]) => ({ chunks, lastSectors })),
  { minLength: 1, maxLength: 3 },
);

const START = 63 * 512;
const SECTOR = 512;

/** The index of such an image; its chunks go into the depot. Returns also the bytes that used blocks must have. */
export function syntheticImage(recipes: readonly RegionRecipe[], depot: Depot): ImageIndex {
  const regions: Region[] = [];
  let startByte = START;
  for (const [i, recipe] of recipes.entries()) {
    const lengthBytes = (recipe.chunks.length - 1) * CHUNK_BYTES + recipe.lastSectors * SECTOR;
    const builder = new ChunkTableBuilder();
    for (const [at, chunk] of recipe.chunks.entries()) {
      const length = chunkLength(lengthBytes, at);
      const mask = maskOf(chunk.use, length);
      if (isEmpty(mask)) {
        builder.append(null, mask, 0);
        continue;
      }
      const bytes = Buffer.alloc(length, chunk.fill);
      applyMask(bytes, mask);
      const frame = zstdCompressSync(bytes);
      const id = chunkIdOf(bytes);
      depot.frames.set(id, frame);
      builder.append(id, mask, frame.length);
    }
    const chunks = builder.build();
    if (chunks.count !== chunkCount(lengthBytes)) throw new Error('the recipe makes no region');
    regions.push({
      kind: 'partition',
      partition: i + 1,
      filesystem: 'raw',
      label: '',
      startByte,
      lengthBytes,
      chunks,
    });
    startByte += lengthBytes;
  }
  return {
    name: 'made-up',
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    notes: '',
    layout: layoutOf(regions),
    regions,
    otherDisks: [],
  };
}

function layoutOf(regions: readonly Region[]): DiskLayout {
  const end = Math.max(...regions.map((region) => region.startByte + region.lengthBytes));
  return {
    table: 'mbr',
    diskBytes: end + 64 * SECTOR,
    sectorBytes: SECTOR,
    diskId: 'CAFE0001',
    bootCode: Buffer.alloc(440, 0x90),
    partitions: regions.map(({ partition, startByte, lengthBytes }) => ({
      number: partition,
      startByte,
      lengthBytes,
      type: '07',
      active: partition === 1,
      gpt: null,
    })),
  };
}

/** `some`: every block but each third. */
function maskOf(use: ChunkRecipe['use'], length: number): Uint8Array {
  const mask = use === 'none' ? new Uint8Array(MASK_BYTES) : fullMask(length);
  if (use === 'some') {
    for (let block = 0; block < MASK_BYTES * 8; block += 3) {
      mask[block >> 3] = (mask[block >> 3] ?? 0) & ~(1 << (block & 7));
    }
  }
  return mask;
}

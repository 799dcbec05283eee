import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import {
  CHUNK_BYTES,
  type ChunkId,
  ChunkTableBuilder,
  fullMask,
  type ImageIndex,
  MASK_BYTES,
} from '../src/image/index.ts';

/** What the store that is measured looks like. */
export interface StorePlan {
  readonly images: number;
  readonly versionsOfEach: number;
  /** Of each version. */
  readonly chunksOfVersion: number;
  /** Chunks that a version does not share with the one before it. */
  readonly newInVersion: number;
  /** Chunks that no image names, as interrupted captures leave them. */
  readonly strays: number;
}

/** A few images with many versions, each version a month's updates apart from the one before. */
export function planOf(versions: number, chunks: number): StorePlan {
  const images = Math.min(10, versions);
  const versionsOfEach = Math.floor(versions / images);
  const strays = Math.floor(chunks / 20);
  const perImage = Math.floor((chunks - strays) / images);
  // A version brings about a tenth of what the first one holds.
  const chunksOfVersion = Math.ceil(perImage / (1 + (versionsOfEach - 1) / 10));
  const newInVersion = Math.floor((perImage - chunksOfVersion) / Math.max(1, versionsOfEach - 1));
  return { images, versionsOfEach, chunksOfVersion, newInVersion, strays };
}

export function chunksInAll(plan: StorePlan): number {
  return plan.images * (plan.chunksOfVersion + (plan.versionsOfEach - 1) * plan.newInVersion) + plan.strays;
}

/** How many processes build the store. */
export const BUILDERS = Math.max(1, Math.min(4, availableParallelism() - 1));

export function idOf(lane: string, number: number): ChunkId {
  return createHash('sha256').update(`${lane} ${number}`).digest('hex');
}

/** Bytes of a chunk's frame: between a tenth of a MiB and all of it. */
export function storedBytesOf(id: ChunkId): number {
  return 100_000 + (Number.parseInt(id.slice(-8), 16) % 900_000);
}

export function imageName(image: number): string {
  return `windows-${image}`;
}

/**
 * Version `version` (from 1) of an image. Version 1 holds the chunks 0 to n; each later one replaces
 * `newInVersion` of them, spread over the disk.
 */
export function versionIndex(plan: StorePlan, image: number, version: number): ImageIndex {
  const held = Uint32Array.from({ length: plan.chunksOfVersion }, (_, i) => i);
  const stride = Math.max(1, Math.floor(plan.chunksOfVersion / Math.max(1, plan.newInVersion)));
  for (let v = 2; v <= version; v++) {
    for (let k = 0; k < plan.newInVersion; k++) {
      const at = (k * stride + v * 7) % plan.chunksOfVersion;
      held[at] = plan.chunksOfVersion + (v - 2) * plan.newInVersion + k;
    }
  }
  const chunks = new ChunkTableBuilder();
  const half = new Uint8Array(MASK_BYTES).fill(0x55);
  for (const [i, number] of held.entries()) {
    const id = idOf(imageName(image), number);
    chunks.append(id, i % 5 === 0 ? half : fullMask(), storedBytesOf(id));
  }
  const extent = { startByte: CHUNK_BYTES, lengthBytes: plan.chunksOfVersion * CHUNK_BYTES };
  return {
    name: imageName(image),
    version,
    createdAt: '2026-11-23T08:00:00.000Z',
    notes: `version ${version} of the benchmark's image ${image}`,
    layout: {
      table: 'mbr',
      diskBytes: extent.startByte + extent.lengthBytes,
      sectorBytes: 512,
      diskId: '0badcafe',
      bootCode: new Uint8Array(440),
      partitions: [{ number: 1, ...extent, type: '07', active: true, gpt: null }],
    },
    regions: [
      { kind: 'partition', partition: 1, filesystem: 'ntfs', label: '', ...extent, chunks: chunks.build() },
    ],
    otherDisks: [],
  };
}

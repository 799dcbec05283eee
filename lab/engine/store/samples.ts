import { createCipheriv, createHash } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import {
  allRegions,
  CHUNK_BYTES,
  type ChunkId,
  ChunkTableBuilder,
  chunkIdOf,
  fullMask,
  type ImageIndex,
} from '../../../src/image/index.ts';

export interface SampleChunk {
  readonly id: ChunkId;
  readonly frame: Buffer;
}

/** A chunk whose content follows from its number. */
export function sampleChunk(number: number, bytes = 300): SampleChunk {
  const raw = Buffer.alloc(bytes, `chunk ${number} of a store that is to survive `);
  return packed(raw);
}

/** A chunk of this number that does not compress. */
export function noiseChunk(number: number, bytes: number): SampleChunk {
  const key = createHash('sha256').update(`noise ${number} ${bytes}`).digest();
  const raw = createCipheriv('chacha20', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
  return packed(raw);
}

/** The length of each sample's content. */
const lengths = new Map<ChunkId, number>();

function packed(raw: Buffer): SampleChunk {
  const id = chunkIdOf(raw);
  lengths.set(id, raw.length);
  return { id, frame: zstdCompressSync(raw) };
}

/** An index, not committed yet, of a partition for each of these samples. */
export function sampleImage(name: string, ids: readonly ChunkId[], notes = ''): ImageIndex {
  const extents = ids.map((id, i) => ({
    startByte: (i + 1) * CHUNK_BYTES,
    lengthBytes: lengths.get(id) ?? CHUNK_BYTES,
  }));
  const kind = { type: '07', active: false, gpt: null };
  const layout = {
    table: 'mbr' as const,
    diskBytes: (ids.length + 1) * CHUNK_BYTES,
    sectorBytes: 512,
    diskId: '0badcafe',
    bootCode: new Uint8Array(440),
    partitions: extents.map((extent, i) => ({ number: i + 1, ...extent, ...kind })),
  };
  const region = { kind: 'partition' as const, filesystem: 'ntfs' as const, label: '' };
  const regions = extents.map((extent, i) => {
    const chunks = new ChunkTableBuilder();
    chunks.append(ids[i] ?? '', fullMask(extent.lengthBytes), 0);
    return { ...region, partition: i + 1, ...extent, chunks: chunks.build() };
  });
  return { name, version: 0, createdAt: '2026-11-23T08:00:00.000Z', notes, layout, regions, otherDisks: [] };
}

/** The chunks of an index, in order. */
export function idsOf(index: ImageIndex): ChunkId[] {
  const ids: ChunkId[] = [];
  for (const { chunks } of allRegions(index)) {
    for (let i = 0; i < chunks.count; i++) ids.push(chunks.id(i) ?? '');
  }
  return ids;
}

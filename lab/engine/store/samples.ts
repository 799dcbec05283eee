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
  return { id: chunkIdOf(raw), frame: zstdCompressSync(raw) };
}

/** A chunk of this number that does not compress. */
export function noiseChunk(number: number, bytes: number): SampleChunk {
  const key = createHash('sha256').update(`noise ${number} ${bytes}`).digest();
  const raw = createCipheriv('chacha20', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
  return { id: chunkIdOf(raw), frame: zstdCompressSync(raw) };
}

/** An index of one partition with these chunks, not committed yet. */
export function sampleImage(name: string, ids: readonly ChunkId[], notes = ''): ImageIndex {
  const chunks = new ChunkTableBuilder();
  for (const id of ids) chunks.append(id, fullMask(), 0);
  const extent = { startByte: CHUNK_BYTES, lengthBytes: ids.length * CHUNK_BYTES };
  const layout = {
    table: 'mbr' as const,
    diskBytes: extent.startByte + extent.lengthBytes,
    sectorBytes: 512,
    diskId: '0badcafe',
    bootCode: new Uint8Array(440),
    partitions: [{ number: 1, ...extent, type: '07', active: true, gpt: null }],
  };
  const region = { kind: 'partition' as const, partition: 1, filesystem: 'ntfs' as const, label: '' };
  return {
    name,
    version: 0,
    createdAt: '2026-11-23T08:00:00.000Z',
    notes,
    layout,
    regions: [{ ...region, ...extent, chunks: chunks.build() }],
    otherDisks: [],
  };
}

/** The chunks of an index, in order. */
export function idsOf(index: ImageIndex): ChunkId[] {
  const ids: ChunkId[] = [];
  for (const { chunks } of allRegions(index)) {
    for (let i = 0; i < chunks.count; i++) ids.push(chunks.id(i) ?? '');
  }
  return ids;
}

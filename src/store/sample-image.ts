import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import {
  CHUNK_BYTES,
  type ChunkId,
  ChunkTableBuilder,
  chunkIdOf,
  fullMask,
  type ImageIndex,
} from '../image/index.ts';

const compress = promisify(zstdCompress);

export interface SampleChunk {
  readonly id: ChunkId;
  readonly raw: Buffer;
  readonly frame: Buffer;
}

/** A chunk whose content follows from its seed. Small unless a size is given: what the store does is the same. */
export async function sampleChunk(seed: string | number, bytes = 200): Promise<SampleChunk> {
  const text = `chunk ${seed} `;
  const raw = Buffer.alloc(bytes, text.repeat(Math.ceil(400 / text.length)));
  return { id: chunkIdOf(raw), raw, frame: await compress(raw) };
}

export function sampleChunks(seeds: readonly (string | number)[]): Promise<SampleChunk[]> {
  return Promise.all(seeds.map((seed) => sampleChunk(seed)));
}

/** An index, not committed yet, of one partition with these chunks. */
export function sampleImage(name: string, ids: readonly ChunkId[], notes = ''): ImageIndex {
  const chunks = new ChunkTableBuilder();
  for (const id of ids) chunks.append(id, fullMask(), 0);
  const extent = { startByte: CHUNK_BYTES, lengthBytes: ids.length * CHUNK_BYTES };
  return {
    name,
    version: 0,
    createdAt: '2026-11-23T08:00:00.000Z',
    notes,
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

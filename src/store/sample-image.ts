import { promisify } from 'node:util';
import { zstdCompress } from 'node:zlib';
import {
  CHUNK_BYTES,
  type ChunkId,
  type ChunkTable,
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

/** Bytes of a sample chunk. Small: what the store does is the same. */
const SAMPLE_BYTES = 200;

/** A chunk whose content follows from its seed. */
export async function sampleChunk(seed: string | number, bytes: number = SAMPLE_BYTES): Promise<SampleChunk> {
  const text = `chunk ${seed} `;
  const raw = Buffer.alloc(bytes, text.repeat(Math.ceil(400 / text.length)));
  return { id: chunkIdOf(raw), raw, frame: await compress(raw) };
}

export function sampleChunks(seeds: readonly (string | number)[]): Promise<SampleChunk[]> {
  return Promise.all(seeds.map((seed) => sampleChunk(seed)));
}

/** An index, not committed yet, of a partition for each of these chunks, all of one length. */
export function sampleImage(
  name: string,
  ids: readonly ChunkId[],
  notes = '',
  chunkBytes: number = SAMPLE_BYTES,
): ImageIndex {
  const extents = ids.map((_, i) => ({ startByte: (i + 1) * CHUNK_BYTES, lengthBytes: chunkBytes }));
  return {
    name,
    version: 0,
    createdAt: '2026-11-23T08:00:00.000Z',
    notes,
    layout: {
      table: 'mbr',
      diskBytes: (ids.length + 1) * CHUNK_BYTES,
      sectorBytes: 512,
      diskId: '0badcafe',
      bootCode: new Uint8Array(440),
      partitions: extents.map((extent, i) => ({
        number: i + 1,
        ...extent,
        type: '07',
        active: i === 0,
        gpt: null,
      })),
    },
    regions: extents.map((extent, i) => ({
      kind: 'partition',
      partition: i + 1,
      filesystem: 'ntfs',
      label: '',
      ...extent,
      chunks: oneChunk(ids[i] ?? '', chunkBytes),
    })),
    otherDisks: [],
  };
}

function oneChunk(id: ChunkId, bytes: number): ChunkTable {
  const chunks = new ChunkTableBuilder();
  chunks.append(id, fullMask(bytes), 0);
  return chunks.build();
}

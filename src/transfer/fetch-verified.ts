import { CHUNK_BYTES, type ChunkId, chunkIdOfAsync, ZERO_CHUNK_ID } from '../image/index.ts';
import { fetchRight } from './fetch-chunk.ts';
import { decompressChunk } from './frame.ts';
import type { ChunkSource } from './ports.ts';

/**
 * The raw bytes of a chunk, checked against its name, for whoever reads an image out of a store. A chunk that
 * comes wrong is reported to the source and fetched again.
 *
 * @param chunk its id and the length its region gives it
 * @throws MimeoError `chunk-damaged` when it comes wrong every time; what `fetch` throws
 */
export async function fetchVerified(
  source: ChunkSource,
  chunk: { readonly id: ChunkId; readonly length: number },
  signal: AbortSignal,
): Promise<Buffer> {
  if (chunk.id === ZERO_CHUNK_ID && chunk.length === CHUNK_BYTES) return Buffer.alloc(CHUNK_BYTES);
  let bytes = Buffer.alloc(0);
  await fetchRight(source, chunk.id, signal, async (frame) => {
    try {
      bytes = await decompressChunk(frame);
    } catch (error) {
      return `it does not decompress (${error instanceof Error ? error.message : String(error)})`;
    }
    if (bytes.length !== chunk.length) return `it has ${bytes.length} bytes, not ${chunk.length}`;
    const id = await chunkIdOfAsync(bytes);
    return id === chunk.id ? null : `its content hashes to ${id}`;
  });
  return bytes;
}

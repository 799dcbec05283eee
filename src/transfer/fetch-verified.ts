import type { ChunkId } from '../image/index.ts';
import { fetchChunk } from './fetch-chunk.ts';
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
  return (await fetchChunk(source, chunk, signal)).bytes;
}

import { chunkLength, type DiskImage, type Region } from '../../image/index.ts';
import type { ReadChunk } from '../read-chunk.ts';

/** A region's bytes from its start to its end, zeros where nothing is used. */
export async function* regionBytes(
  { chunks, lengthBytes }: Region,
  chunk: ReadChunk,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  for (let i = 0; i < chunks.count; i++) {
    signal?.throwIfAborted();
    const id = chunks.id(i);
    const length = chunkLength(lengthBytes, i);
    yield id === null ? Buffer.alloc(length) : await chunk(id, length);
  }
}

/** What follows the MBR up to the first partition (at most 1 MiB); null when the image does not hold it. */
export async function gapBytes({ regions }: DiskImage, chunk: ReadChunk): Promise<Buffer | null> {
  const gap = regions.find(({ kind }) => kind === 'gap');
  return gap === undefined ? null : await whole(regionBytes(gap, chunk));
}

async function whole(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

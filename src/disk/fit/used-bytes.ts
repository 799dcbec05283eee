import { type ChunkTable, chunkLength, countUsedBytes, type Region } from '../../image/index.ts';

/** An image is fitted to every host of a lab; its masks are counted once. */
const counted = new WeakMap<ChunkTable, number>();

/** How many bytes of a region its filesystem uses, in whole blocks. */
export function usedBytesOf(region: Region): number {
  const known = counted.get(region.chunks);
  if (known !== undefined) return known;
  let bytes = 0;
  for (let i = 0; i < region.chunks.count; i++) {
    bytes += countUsedBytes(region.chunks.mask(i), chunkLength(region.lengthBytes, i));
  }
  counted.set(region.chunks, bytes);
  return bytes;
}

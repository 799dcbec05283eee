import {
  allDisks,
  allRegions,
  BLOCK_BYTES,
  CHUNK_BYTES,
  chunkLength,
  countUsed,
  countUsedBytes,
  type ImageIndex,
  isEmpty,
} from '../image/index.ts';
import { bufferOf, ID_BYTES, IdSet } from './id-set.ts';
import type { ImageSummary } from './port.ts';

/** What lists show of an index by itself. */
export type IndexSummary = Omit<ImageSummary, 'labels'>;

/** What lists show of an index. A chunk that the image holds several times is stored, and counted, once. */
export function summarise(index: ImageIndex): IndexSummary {
  const diskSizes = allDisks(index).map(({ layout }) => layout.diskBytes);
  const seen = new IdSet();
  let usedBytes = 0;
  let storedBytes = 0;
  for (const { chunks, lengthBytes } of allRegions(index)) {
    const ids = bufferOf(chunks.rawIds());
    let row = 0;
    for (let i = 0; i < chunks.count; i++) {
      const mask = chunks.mask(i);
      if (isEmpty(mask)) continue;
      const length = chunkLength(lengthBytes, i);
      // All but the last chunk of a region, where blocks are whole.
      usedBytes += length === CHUNK_BYTES ? countUsed(mask) * BLOCK_BYTES : countUsedBytes(mask, length);
      if (seen.addAt(ids, row++ * ID_BYTES)) storedBytes += chunks.storedBytes(i);
    }
  }
  return {
    name: index.name,
    version: index.version,
    createdAt: index.createdAt,
    notes: index.notes,
    diskBytes: diskSizes.reduce((sum, size) => sum + size, 0),
    diskSizes,
    usedBytes,
    storedBytes,
    table: index.layout.table,
    filesystems: [
      ...new Set(
        allRegions(index)
          .filter((one) => one.kind === 'partition')
          .map((one) => one.filesystem),
      ),
    ],
  };
}

/** Every chunk id of an image, each once. */
export function chunkIdsOf(index: ImageIndex): IdSet {
  const ids = new IdSet();
  addChunkIds(ids, index);
  return ids;
}

/** Adds every chunk id of an image. */
export function addChunkIds(ids: { addAll(ids: Uint8Array): void }, index: ImageIndex): void {
  for (const { chunks } of allRegions(index)) ids.addAll(chunks.rawIds());
}

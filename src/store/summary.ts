import { allDisks, allRegions, chunkLength, countUsedBytes, type ImageIndex } from '../image/index.ts';
import { IdSet } from './id-set.ts';
import type { ImageSummary } from './port.ts';

/** What lists show of an index by itself. */
export type IndexSummary = Omit<ImageSummary, 'labels'>;

/** What lists show of an index. A chunk that the image holds several times is stored, and counted, once. */
export function summarise(index: ImageIndex): IndexSummary {
  const seen = new IdSet();
  let usedBytes = 0;
  let storedBytes = 0;
  for (const { chunks, lengthBytes } of allRegions(index)) {
    for (let i = 0; i < chunks.count; i++) {
      const id = chunks.id(i);
      if (id === null) continue;
      usedBytes += countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i));
      if (seen.add(id)) storedBytes += chunks.storedBytes(i);
    }
  }
  return {
    name: index.name,
    version: index.version,
    createdAt: index.createdAt,
    notes: index.notes,
    diskBytes: allDisks(index).reduce((sum, { layout }) => sum + layout.diskBytes, 0),
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
export function addChunkIds(ids: IdSet, index: ImageIndex): void {
  for (const { chunks } of allRegions(index)) {
    for (let i = 0; i < chunks.count; i++) {
      const id = chunks.id(i);
      if (id !== null) ids.add(id);
    }
  }
}

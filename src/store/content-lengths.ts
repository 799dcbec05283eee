import { MimeoError } from '../errors.ts';
import { allRegions, CHUNK_BYTES, type ChunkId, chunkLength, type ImageIndex } from '../image/index.ts';

/** What is known of the lengths of chunks' contents. */
export interface ContentLengths {
  /** Whether the content was seen to be shorter than 1 MiB. Costs nothing. */
  isShort(id: ChunkId): boolean;
  /** Opens the chunk; null when it is not there or damaged. */
  contentBytes(id: ChunkId): Promise<number | null>;
}

/**
 * Whether every chunk of an index has the length that its place in the region gives it; a host would find out only
 * in the middle of its deployment. The few places that are shorter than 1 MiB, one per region, are looked into; a
 * whole MiB is believed of a chunk that was never seen to be shorter: to open a hundred thousand would take minutes.
 * @throws MimeoError `index-damaged`
 */
export async function checkContentLengths(index: ImageIndex, lengths: ContentLengths): Promise<void> {
  for (const { kind, partition, chunks, lengthBytes } of allRegions(index)) {
    for (let i = 0; i < chunks.count; i++) {
      const id = chunks.id(i);
      if (id === null) continue;
      const wanted = chunkLength(lengthBytes, i);
      if (wanted === CHUNK_BYTES && !lengths.isShort(id)) continue;
      const found = await lengths.contentBytes(id);
      if (found === null || found === wanted) continue;
      const where = kind === 'gap' ? 'the gap before the first partition' : `partition ${partition}`;
      throw new MimeoError(
        'index-damaged',
        `Chunk ${i} of ${where} of ${index.name} has ${found} bytes in the store, and ${wanted} in the index; nothing was committed.`,
        { next: 'Capture or import the image again.' },
      );
    }
  }
}

import { MimeoError } from '../../errors.ts';
import {
  type ChunkId,
  chunkLength,
  countUsedBytes,
  decodeIndex,
  type ImageIndex,
  type Region,
  verifyIndex,
} from '../../image/index.ts';
import { fetchVerified } from '../../transfer/index.ts';
import { ServerRefusal } from '../cli-error.ts';
import type { Session } from '../session.ts';
import { WorkLine } from '../watch/work-line.ts';

/** The raw bytes of one chunk of an image, which hash to its id. */
export type ReadChunk = (id: ChunkId, length: number) => Promise<Buffer>;

/** An image of the server, opened for reading. */
export interface StoredImage {
  /** Its signature and all that can be checked of it were checked. */
  readonly index: ImageIndex;
  /**
   * Reads chunks, and tells how far the work is.
   *
   * @param phase what the progress calls it
   * @param regions those that will be read
   */
  reader(phase: string, regions: readonly Region[]): ReadChunk;
}

/**
 * Opens an image of the server.
 *
 * @throws MimeoError `index-damaged`, `index-untrusted`; ServerRefusal when there is no such image
 */
export async function openStoredImage(session: Session, ref: string): Promise<StoredImage> {
  const { api, signal } = session;
  const { indexKeys } = await api.status();
  const index = decodeIndex(verifyIndex(await api.images.index(ref), indexKeys));
  // A label may move on while this goes on; the version does not.
  const exact = `${index.name}@${index.version}`;
  const source = {
    fetch: (id: ChunkId, abort: AbortSignal) =>
      api.images.chunk(exact, id, abort).catch((error: unknown) => {
        throw lostChunk(error, exact);
      }),
    reportBad: (id: ChunkId, words: string) => api.images.reportBad(exact, id, words),
  };
  return {
    index,
    reader(phase, regions) {
      const line = new WorkLine(session);
      const used = usedBytesOf(regions);
      let totalBytes = 0;
      for (const bytes of used.values()) totalBytes += bytes;
      let doneBytes = 0;
      return async (id, length) => {
        const bytes = await fetchVerified(source, { id, length }, signal);
        // A content that is needed twice is read twice; the second time counts for nothing.
        doneBytes += used.get(id) ?? 0;
        used.delete(id);
        line.tell({ phase, doneBytes, totalBytes });
        return bytes;
      };
    },
  };
}

/** A chunk that is gone is no wrong question but a damaged image. */
function lostChunk(error: unknown, image: string): unknown {
  if (!(error instanceof ServerRefusal) || error.problem.code !== 'chunk-missing') return error;
  return new MimeoError('chunk-missing', `${image} is not whole: ${error.message}`, {
    next: `See what else is lost with: mimeo image verify ${image}`,
  });
}

function usedBytesOf(regions: readonly Region[]): Map<ChunkId, number> {
  const used = new Map<ChunkId, number>();
  for (const { chunks, lengthBytes } of regions) {
    for (let i = 0; i < chunks.count; i++) {
      const id = chunks.id(i);
      if (id !== null) used.set(id, countUsedBytes(chunks.mask(i), chunkLength(lengthBytes, i)));
    }
  }
  return used;
}

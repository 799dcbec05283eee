import { setImmediate } from 'node:timers/promises';
import type { ChunkId } from '../image/index.ts';
import { inBatches } from './batches.ts';
import type { Catalog } from './catalog.ts';
import type { ClaimRegistry } from './claims.ts';
import type { Reclaimed } from './port.ts';
import type { ChunkShelf } from './shelf.ts';
import { addChunkIds } from './summary.ts';

export interface GiveBackOptions {
  readonly chunks: ChunkShelf;
  readonly catalog: Catalog;
  readonly claims: ClaimRegistry;
  /** What may go; it is only deleted when nobody uses it. */
  readonly candidates: Iterable<ChunkId>;
}

/** After so many deletions others on this thread get a turn. */
const BATCH = 32;

/**
 * Deletes at once what a capture that was given up had brought, unless a committed image names it or somebody
 * claims it. An index that cannot be read stops it before anything is deleted, as it may name any chunk.
 */
export async function giveBack(options: GiveBackOptions): Promise<Reclaimed> {
  const { chunks, catalog, claims, candidates } = options;
  return claims.sweep(async (keep) => {
    for await (const index of catalog.all()) addChunkIds(keep, index);
    const total = { chunks: 0, bytes: 0 };
    for await (const batch of inBatches(candidates, BATCH)) {
      for (const id of batch) {
        if (keep.has(id)) continue;
        const bytes = (await chunks.facts(id))?.bytes ?? 0;
        // Asked again, as it may have been claimed while we waited; from here to the deletion nothing else runs.
        if (keep.has(id) || !chunks.deleteNow(id)) continue;
        total.chunks++;
        total.bytes += bytes;
      }
      await setImmediate();
    }
    // Files that were still being written give their space back when they are closed.
    await chunks.land();
    return total;
  });
}

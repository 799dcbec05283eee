import { setImmediate } from 'node:timers/promises';
import { allRegions, type ChunkId } from '../image/index.ts';
import type { Catalog } from './catalog.ts';
import type { ClaimRegistry } from './claims.ts';
import type { Reclaimed } from './port.ts';
import type { ChunkShelf } from './shelf.ts';

export interface SweepOptions {
  readonly chunks: ChunkShelf;
  readonly catalog: Catalog;
  readonly claims: ClaimRegistry;
  /** What may go; it is only deleted when nobody uses it. */
  readonly candidates: Iterable<ChunkId> | AsyncIterable<ChunkId>;
  /** Only chunks put before this (ms since the epoch); without it all of the candidates. */
  readonly putBefore?: number;
  readonly dryRun?: boolean;
}

/** After so many deletions others on this thread get a turn. */
const BATCH = 32;

/**
 * Deletes chunks that no committed image names and nobody claims. A crash at any point leaves only chunks
 * that the next sweep finds again: indexes are never touched, and an index that cannot be read stops the
 * sweep before anything is deleted, as it may name any chunk.
 */
export async function sweep(options: SweepOptions): Promise<Reclaimed> {
  const { chunks, catalog, claims, candidates, putBefore, dryRun = false } = options;
  return claims.sweep(async (keep) => {
    for await (const index of catalog.all()) {
      for (const region of allRegions(index)) {
        for (let i = 0; i < region.chunks.count; i++) {
          const id = region.chunks.id(i);
          if (id !== null) keep.add(id);
        }
      }
    }
    const total = { chunks: 0, bytes: 0 };
    let turns = 0;
    for await (const id of candidates) {
      if (keep.has(id)) continue;
      if (putBefore !== undefined && ((await chunks.putAt(id)) ?? putBefore) >= putBefore) continue;
      const size = dryRun ? await chunks.size(id) : 0;
      // Asked again, as it may have been claimed while we waited; from here to the deletion nothing else runs.
      if (keep.has(id)) continue;
      const bytes = dryRun ? size : chunks.deleteNow(id);
      if (bytes > 0) total.chunks++;
      total.bytes += bytes;
      if (++turns % BATCH === 0) await setImmediate();
    }
    return total;
  });
}

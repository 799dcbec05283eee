import { setImmediate } from 'node:timers/promises';
import type { ChunkId } from '../image/index.ts';
import { inBatches } from './batches.ts';
import type { Catalog } from './catalog.ts';
import type { CheckedChunks } from './checked-chunks.ts';
import { IdSet } from './id-set.ts';
import { Pace } from './pace.ts';
import type { ChunkShelf } from './shelf.ts';
import { addChunkIds } from './summary.ts';
import type { DamagedImage, ScrubOptions, ScrubReport } from './upkeep-port.ts';

export interface ScrubPorts {
  readonly shelf: ChunkShelf;
  readonly chunks: CheckedChunks;
  readonly catalog: Catalog;
}

/** Chunks that are looked up together when it is asked which are missing. */
const BATCH = 256;

/** One walk over everything that a store holds; see `StoreUpkeep.scrub`. */
export async function scrub(ports: ScrubPorts, options: ScrubOptions): Promise<ScrubReport> {
  const { used, damagedImages } = await readIndexes(ports.catalog, options.signal);
  const walked = await rehashAll(ports, options);
  const missing = await absent(ports, used, new Set(walked.damaged), options.signal);
  const healed: ChunkId[] = [];
  const lost: ChunkId[] = [];
  for (const id of [...walked.damaged, ...missing]) {
    options.signal?.throwIfAborted();
    if (await heal(ports.chunks, id, options)) healed.push(id);
    else if (used.has(id)) lost.push(id);
  }
  if (healed.length > 0) await ports.shelf.sync();
  return { ...walked, missing, healed, lost, damagedImages };
}

async function readIndexes(
  catalog: Catalog,
  signal: AbortSignal | undefined,
): Promise<{ used: IdSet; damagedImages: DamagedImage[] }> {
  const used = new IdSet();
  const damagedImages: DamagedImage[] = [];
  for await (const { name, version, index, error } of catalog.readings()) {
    signal?.throwIfAborted();
    if (error !== null) damagedImages.push({ name, version, message: error.message });
    if (index !== null) addChunkIds(used, index);
    await setImmediate();
  }
  return { used, damagedImages };
}

/** One chunk after the other: a scrub is to be hardly noticed beside a deployment. */
async function rehashAll(
  { shelf, chunks }: ScrubPorts,
  { signal, bytesPerSecond = Number.POSITIVE_INFINITY, onProgress }: ScrubOptions,
): Promise<{ chunks: number; bytes: number; damaged: ChunkId[] }> {
  const pace = new Pace(bytesPerSecond);
  const damaged: ChunkId[] = [];
  let count = 0;
  let bytes = 0;
  await shelf.land();
  for await (const ids of shelf.all()) {
    for (const id of ids) {
      signal?.throwIfAborted();
      const found = await chunks.recheck(id);
      // Collected or given up since it was listed.
      if (found.state === 'missing') continue;
      if (found.state === 'damaged') damaged.push(id);
      count++;
      bytes += found.bytes;
      onProgress?.({ chunks: count, ofChunks: null, bytes });
      await pace.spend(found.bytes, signal);
    }
  }
  return { chunks: count, bytes, damaged };
}

/** Chunks that images name and the store does not hold, besides those that this run set aside. */
async function absent(
  { chunks }: ScrubPorts,
  used: IdSet,
  setAside: ReadonlySet<ChunkId>,
  signal: AbortSignal | undefined,
): Promise<ChunkId[]> {
  const missing: ChunkId[] = [];
  for await (const batch of inBatches(used, BATCH)) {
    signal?.throwIfAborted();
    const sizes = await chunks.sizes(batch);
    missing.push(...batch.filter((id, i) => sizes[i] === 0 && !setAside.has(id)));
  }
  return missing;
}

/** Whether the chunk is there again. */
async function heal(chunks: CheckedChunks, id: ChunkId, { heal: ask }: ScrubOptions): Promise<boolean> {
  return (await chunks.size(id)) > 0 || (await chunks.heal(id, ask));
}

import { setImmediate } from 'node:timers/promises';
import { MimeoError } from '../errors.ts';
import type { ChunkId } from '../image/index.ts';
import { inBatches } from './batches.ts';
import type { Catalog } from './catalog.ts';
import type { ChunkMarks } from './chunk-marks.ts';
import type { ClaimRegistry } from './claims.ts';
import { mapBounded } from './gate.ts';
import type { ChunkFacts, ChunkShelf } from './shelf.ts';
import { addChunkIds } from './summary.ts';
import type { GarbageOptions, GarbageReport } from './upkeep-port.ts';

export interface CollectGarbageOptions extends GarbageOptions {
  readonly chunks: ChunkShelf;
  readonly catalog: Catalog;
  readonly claims: ClaimRegistry;
  /** ms since the epoch. */
  readonly now: number;
}

/** Candidates looked at together; after each batch others on this thread get a turn. */
const BATCH = 64;
const LOOKUPS = 16;
/** A time so far ahead of the clock was given by a clock that has been set back since. */
const FUTURE_MS = 86_400_000;

interface Total {
  chunks: number;
  bytes: number;
}

interface Run extends CollectGarbageOptions {
  readonly keep: ChunkMarks;
  readonly deleted: Total;
  readonly quarantined: Total;
  readonly waiting: Total;
  readonly young: Total;
  restored: number;
  /** Chunks whose move to quarantine the disk had no room for: a full one cannot even write their names. */
  stuck: MimeoError[];
}

/**
 * One run of mark, quarantine, delete; see `StoreUpkeep.collectGarbage`. A crash at any point leaves only chunks
 * that the next run finds again: indexes are never touched, and an index that cannot be read stops the run
 * before anything is moved, as it may name any chunk.
 */
export async function collectGarbage(options: CollectGarbageOptions): Promise<GarbageReport> {
  return options.claims.sweep(async (keep) => {
    for await (const index of options.catalog.all()) {
      addChunkIds(keep, index);
      await setImmediate();
    }
    const empty = (): Total => ({ chunks: 0, bytes: 0 });
    const run: Run = {
      ...options,
      keep,
      deleted: empty(),
      quarantined: empty(),
      waiting: empty(),
      young: empty(),
      restored: 0,
      stuck: [],
    };
    // What comes into quarantine in this run is not looked at in this run.
    await emptyQuarantine(run);
    await fillQuarantine(run);
    if (!options.dryRun) await options.chunks.sync();
    checkMoved(run);
    const { deleted, quarantined, waiting, young, restored } = run;
    return { ...deleted, quarantined, waiting, young, restored };
  });
}

async function emptyQuarantine(run: Run): Promise<void> {
  const { chunks, keep, dryRun = false } = run;
  for await (const batch of inBatches(await chunks.quarantined(), BATCH)) {
    const facts = await mapBounded(batch, LOOKUPS, (id) => chunks.quarantineFacts(id));
    for (const [i, id] of batch.entries()) {
      const found = facts[i];
      if (!found) continue;
      if (keep.has(id) && !(await isStored(chunks, id))) {
        if (dryRun || (await chunks.restore(id))) run.restored++;
      } else if (!isOld(run, id, found)) count(run.waiting, found);
      else if (dryRun || chunks.deleteQuarantinedNow(id)) count(run.deleted, found);
    }
    await setImmediate();
  }
}

async function isStored(chunks: ChunkShelf, id: ChunkId): Promise<boolean> {
  return ((await chunks.facts(id))?.bytes ?? 0) > 0;
}

/** With `atOnce` what would go into quarantine is deleted instead. */
async function fillQuarantine(run: Run): Promise<void> {
  const { chunks, keep, dryRun = false, atOnce = false } = run;
  for await (const batch of inBatches(unkept(chunks.all(), keep), BATCH)) {
    const facts = await mapBounded(batch, LOOKUPS, (id) => chunks.facts(id));
    for (const [i, id] of batch.entries()) {
      const found = facts[i];
      // Asked again, as it may have been claimed while we waited; from here to the move nothing else runs.
      if (!found || keep.has(id)) continue;
      if (!isOld(run, id, found)) count(run.young, found);
      else if (atOnce) {
        if (dryRun || chunks.deleteNow(id)) count(run.deleted, found);
      } else if (dryRun || quarantined(run, id)) {
        count(run.quarantined, found);
        count(run.waiting, found);
      }
    }
    await setImmediate();
  }
}

function quarantined({ chunks, stuck }: Run, id: ChunkId): boolean {
  try {
    return chunks.quarantineNow(id);
  } catch (error) {
    if (!(error instanceof MimeoError) || error.code !== 'store-full') throw error;
    stuck.push(error);
    return false;
  }
}

/** @throws MimeoError `store-full`, after all else was done */
function checkMoved({ stuck, deleted }: Run): void {
  const [cause] = stuck;
  if (cause === undefined) return;
  throw new MimeoError(
    'store-full',
    `${deleted.chunks} chunks were deleted, but ${stuck.length} that no image uses could not be put in quarantine: the disk is full.`,
    { cause, next: 'Run `mimeo store gc --now`, which deletes them at once.' },
  );
}

async function* unkept(all: AsyncIterable<ChunkId[]>, keep: ChunkMarks): AsyncGenerator<ChunkId> {
  for await (const ids of all) {
    for (const id of ids) if (!keep.has(id)) yield id;
    await setImmediate();
  }
}

/** Whether its grace is over. One that lies in the future, and would never be over, begins again. */
function isOld(run: Run, id: ChunkId, { sinceMs }: ChunkFacts): boolean {
  const { chunks, now, olderThanMs, atOnce = false, dryRun = false } = run;
  if (atOnce) return true;
  if (sinceMs > now + FUTURE_MS && !dryRun) chunks.restamp(id);
  return sinceMs < now - olderThanMs;
}

function count(total: Total, { bytes }: ChunkFacts): void {
  total.chunks++;
  total.bytes += bytes;
}

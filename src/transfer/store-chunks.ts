import { setImmediate as turn } from 'node:timers/promises';
import { type ChunkId, type ChunkTable, ChunkTableBuilder, emptyMask } from '../image/index.ts';
import type { ChunkRoom } from './crew/chunk-memory.ts';
import { packChunk } from './crew/chunk-work.ts';
import type { Crew } from './crew/crew.ts';
import { inParallel } from './in-parallel.ts';
import type { ChunkSink } from './ports.ts';
import type { ProgressMeter } from './progress-meter.ts';
import { type NamedChunk, READ_AHEAD } from './raw-chunk.ts';

export interface StoreJob {
  readonly sink: ChunkSink;
  readonly crew: Crew;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
}

/** Chunks asked for together. */
const BATCH = 8;
/** Batches under way; the reader is one ahead of them. */
const BATCHES = 3;
/**
 * Chunks that may be in memory: those under way, the next batch, and as many again. Fewer than the first two
 * together would be a batch that never fills.
 */
export const CHUNKS_IN_MEMORY = BATCH * (BATCHES + 1) + 2 * READ_AHEAD;

interface Batch {
  readonly number: number;
  readonly chunks: readonly NamedChunk[];
}

/** What a chunk became. */
interface Row {
  readonly id: ChunkId | null;
  readonly mask: Uint8Array;
  readonly storedBytes: number;
}

/** Millions of them may wait for one chunk that is on its way. */
const NOTHING: Row = { id: null, mask: emptyMask(), storedBytes: 0 };

/** Compresses and stores the chunks of one region; the sink holds all of them when this resolves. */
export async function storeChunks(chunks: AsyncIterable<NamedChunk>, job: StoreJob): Promise<ChunkTable> {
  const builder = new ChunkTableBuilder();
  const waiting = new Map<number, readonly Row[]>();
  const sending = new Map<ChunkId, Promise<number>>();
  let next = 0;
  await inParallel(inBatches(chunks), BATCHES, job.signal, async (batch, signal) => {
    try {
      waiting.set(batch.number, await sendBatch(batch, job, sending, signal));
    } finally {
      for (const { room } of batch.chunks) room?.release();
    }
    // Batches end in any order, rows are appended in theirs.
    for (let rows = waiting.get(next); rows !== undefined; rows = waiting.get(++next)) {
      for (const { id, mask, storedBytes } of rows) builder.append(id, mask, storedBytes);
      waiting.delete(next);
    }
  });
  return builder.build();
}

async function* inBatches(all: AsyncIterable<NamedChunk>): AsyncGenerator<Batch> {
  let chunks: NamedChunk[] = [];
  let number = 0;
  let read = 0;
  for await (const chunk of all) {
    chunks.push(chunk);
    if (chunk.room !== null) read++;
    if (read < BATCH && chunks.length < BATCH * 64) continue;
    yield { number: number++, chunks };
    chunks = [];
    read = 0;
    // Nothing is waited for where nothing is used: the others on this thread get their turn.
    await turn();
  }
  if (chunks.length > 0) yield { number, chunks };
}

/**
 * Asks which chunks of a batch the sink lacks, compresses and sends those.
 * @param sending chunks on their way in other batches: they are waited for, not sent twice
 */
async function sendBatch(
  { chunks }: Batch,
  job: StoreJob,
  sending: Map<ChunkId, Promise<number>>,
  signal: AbortSignal,
): Promise<Row[]> {
  const { sink, meter } = job;
  const unique = new Map<ChunkId, ChunkRoom>();
  for (const { id, room } of chunks) if (id !== null && room !== null) unique.set(id, room);
  const missing = unique.size === 0 ? [] : await sink.missing([...unique.keys()], signal);
  const stored = new Map<ChunkId, number>();
  await allEnded(
    missing.map(async (id) => {
      const room = unique.get(id);
      if (room === undefined) return;
      const other = sending.get(id);
      const own = other ?? sendChunk(id, room, job, signal).finally(() => sending.delete(id));
      sending.set(id, own);
      const length = await own;
      if (other === undefined) stored.set(id, length);
    }),
  );
  return chunks.map(({ id, mask, usedBytes }) => {
    if (id === null) return NOTHING;
    if (!stored.has(id)) meter.reusedBytes += usedBytes;
    meter.advance(usedBytes);
    // The size of a chunk that the sink had is the store's to know; its raw size stands in.
    return { id, mask, storedBytes: stored.get(id) ?? usedBytes };
  });
}

/** As `Promise.all`, but a failure waits for the others: they work in rooms that are given to somebody else next. */
async function allEnded(all: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(all);
  await Promise.all(all);
}

/** @returns the frame's length */
async function sendChunk(id: ChunkId, room: ChunkRoom, job: StoreJob, signal: AbortSignal): Promise<number> {
  const frame = await packChunk(job.crew, room);
  signal.throwIfAborted();
  await job.sink.put(id, frame, signal);
  job.meter.networkBytes += frame.length;
  return frame.length;
}

import { type Disk, readInto } from '../disk/index.ts';
import {
  applyMask,
  type ByteRun,
  CHUNK_BYTES,
  type ChunkId,
  type ChunkTable,
  ChunkTableBuilder,
  chunkIdOfAsync,
  chunkLength,
  isEmpty,
  type Region,
  regionMasks,
  usedRuns,
} from '../image/index.ts';
import { compressChunk } from './frame.ts';
import { inParallel } from './in-parallel.ts';
import type { ChunkSink } from './ports.ts';
import type { ProgressMeter } from './progress-meter.ts';

/** A region that is to be captured: which of its bytes are used is known, its chunks are not yet. */
export interface CapturedRegion extends Omit<Region, 'chunks'> {
  readonly used: readonly ByteRun[];
}

export interface RegionJob {
  readonly disk: Disk;
  readonly region: CapturedRegion;
  readonly sink: ChunkSink;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
}

/** Chunks read, hashed and asked for together. */
const BATCH = 8;
/** Batches under way; the reader is one ahead of them. */
const BATCHES = 3;

interface ReadChunk {
  readonly mask: Uint8Array;
  readonly usedBytes: number;
  /** Null when nothing of the chunk is used. */
  readonly bytes: Buffer<ArrayBuffer> | null;
}

interface Batch {
  readonly number: number;
  readonly chunks: readonly ReadChunk[];
}

/** What a chunk became. */
interface Row {
  readonly id: ChunkId | null;
  readonly mask: Uint8Array;
  readonly storedBytes: number;
}

/** Captures one region; the sink holds all its chunks when this resolves. */
export async function captureRegion(job: RegionJob): Promise<ChunkTable> {
  const builder = new ChunkTableBuilder();
  const waiting = new Map<number, readonly Row[]>();
  const sending = new Map<ChunkId, Promise<number>>();
  let next = 0;
  await inParallel(readBatches(job), BATCHES, job.signal, async (batch, signal) => {
    waiting.set(batch.number, await sendBatch(batch, job, sending, signal));
    // Batches end in any order, rows are appended in theirs.
    for (let rows = waiting.get(next); rows !== undefined; rows = waiting.get(++next)) {
      for (const { id, mask, storedBytes } of rows) builder.append(id, mask, storedBytes);
      waiting.delete(next);
    }
  });
  return builder.build();
}

async function* readBatches({ disk, region, signal }: RegionJob): AsyncGenerator<Batch> {
  let chunks: ReadChunk[] = [];
  let number = 0;
  let i = 0;
  let read = 0;
  for (const mask of regionMasks(region.used, region.lengthBytes)) {
    const length = chunkLength(region.lengthBytes, i);
    const chunk = await readChunk(disk, region.startByte + i * CHUNK_BYTES, length, mask);
    chunks.push(chunk);
    if (chunk.bytes !== null) read++;
    i++;
    if (read < BATCH && chunks.length < BATCH * 64) continue;
    signal.throwIfAborted();
    yield { number: number++, chunks };
    chunks = [];
    read = 0;
  }
  if (chunks.length > 0) yield { number, chunks };
}

/** Reads from the first used block to the last in one go; unused ones become zeros. */
async function readChunk(disk: Disk, offset: number, length: number, mask: Uint8Array): Promise<ReadChunk> {
  if (isEmpty(mask)) return { mask, usedBytes: 0, bytes: null };
  const runs = usedRuns(mask, length);
  const start = runs[0]?.start ?? 0;
  const last = runs.at(-1);
  const end = last === undefined ? length : last.start + last.length;
  const bytes = Buffer.alloc(length);
  await readInto(disk, bytes.subarray(start, end), offset + start);
  applyMask(bytes, mask);
  return { mask, usedBytes: runs.reduce((sum, run) => sum + run.length, 0), bytes };
}

/**
 * Hashes a batch, asks which chunks the sink lacks, compresses and sends those.
 * @param sending chunks on their way in other batches: they are waited for, not sent twice
 */
async function sendBatch(
  { chunks }: Batch,
  job: RegionJob,
  sending: Map<ChunkId, Promise<number>>,
  signal: AbortSignal,
): Promise<Row[]> {
  const { sink, meter } = job;
  const ids = await Promise.all(
    chunks.map(({ bytes }) => (bytes === null ? Promise.resolve(null) : chunkIdOfAsync(bytes))),
  );
  const unique = new Map<ChunkId, Buffer>();
  for (const [i, id] of ids.entries()) {
    const bytes = chunks[i]?.bytes;
    if (id !== null && bytes != null) unique.set(id, bytes);
  }
  const missing = unique.size === 0 ? [] : await sink.missing([...unique.keys()], signal);
  const stored = new Map<ChunkId, number>();
  await Promise.all(
    missing.map(async (id) => {
      const bytes = unique.get(id);
      if (bytes === undefined) return;
      const other = sending.get(id);
      const own = other ?? sendChunk(id, bytes, job, signal).finally(() => sending.delete(id));
      sending.set(id, own);
      const length = await own;
      if (other === undefined) stored.set(id, length);
    }),
  );
  return chunks.map(({ mask, usedBytes }, i) => {
    const id = ids[i] ?? null;
    if (id !== null && !stored.has(id)) meter.reusedBytes += usedBytes;
    meter.advance(usedBytes);
    // The size of a chunk that the sink had is the store's to know; its raw size stands in.
    return { id, mask, storedBytes: id === null ? 0 : (stored.get(id) ?? usedBytes) };
  });
}

/** @returns the frame's length */
async function sendChunk(id: ChunkId, bytes: Buffer, job: RegionJob, signal: AbortSignal): Promise<number> {
  const frame = await compressChunk(bytes);
  await job.sink.put(id, frame, signal);
  job.meter.networkBytes += frame.length;
  return frame.length;
}

import { type CrewDisk, writeChunk } from './crew/chunk-work.ts';
import { fetchChunk } from './fetch-chunk.ts';
import { inParallel } from './in-parallel.ts';
import type { ChunkSource } from './ports.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { TargetChunk } from './target-chunk.ts';

/** A chunk to fetch once, and where it goes. */
export interface WriteItem {
  readonly chunk: TargetChunk;
  /** Places of the same content beside the first. */
  readonly others?: readonly TargetChunk[];
  readonly onWritten?: () => void;
}

export interface WriteJob {
  readonly on: CrewDisk;
  readonly source: ChunkSource;
  readonly items: Iterable<WriteItem> | AsyncIterable<WriteItem>;
  /** Used bytes of all items. */
  readonly totalBytes: number;
  readonly inFlight: number;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
  /** Waited for before anything is written; the first call comes when the first chunk is in hand. */
  readonly beforeWrite: () => Promise<void>;
}

/** So many bytes may wait in memory for the disk; more would be one long stop at the end. */
const MOST_UNSYNCED = 128 * 1_048_576;

/**
 * Fetches chunks and writes each whole, zeros in its unused blocks. Up to `inFlight` chunks are under way, so
 * the disk is written in the order of the items but for that window.
 *
 * @returns used bytes written, and how many chunks came wrong on the way
 */
export async function writeChunks(job: WriteJob): Promise<{ bytes: number; bad: number }> {
  const { on, source, meter } = job;
  const result = { bytes: 0, bad: 0 };
  let mayWrite = false;
  let unsynced = 0;
  let syncing: Promise<void> | null = null;
  meter.begin('writing', job.totalBytes);
  await inParallel(job.items, job.inFlight, job.signal, async ({ chunk, others = [], onWritten }, signal) => {
    const room = await on.crew.memory.take(chunk.length);
    try {
      // The first ones are in hand before anything is written; later ones go straight to the disk.
      const straight = mayWrite;
      const fetched = await fetchChunk(on, source, chunk, room, straight, signal);
      meter.networkBytes += fetched.networkBytes;
      result.bad += fetched.bad;
      if (!straight) {
        signal.throwIfAborted();
        await job.beforeWrite();
        mayWrite = true;
        await writeChunk(on, chunk.offset, room);
      }
      for (const { offset } of others) await writeChunk(on, offset, room);
    } finally {
      room.release();
    }
    onWritten?.();
    for (const { usedBytes, length } of [chunk, ...others]) {
      result.bytes += usedBytes;
      meter.advance(usedBytes);
      unsynced += length;
    }
    if (unsynced < MOST_UNSYNCED || syncing !== null) return;
    unsynced = 0;
    // This one worker waits for the disk; the others go on fetching meanwhile.
    syncing = on.disk.handle.datasync();
    await syncing.finally(() => {
      syncing = null;
    });
  });
  return result;
}

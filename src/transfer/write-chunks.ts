import { type CrewDisk, writeChunk } from './crew/chunk-work.ts';
import { fetchChunk } from './fetch-chunk.ts';
import { inParallel } from './in-parallel.ts';
import type { ChunkSource } from './ports.ts';
import type { ProgressMeter } from './progress-meter.ts';
import { totalBytes } from './survey.ts';
import type { TargetChunk } from './target-chunk.ts';

export interface WriteJob {
  readonly on: CrewDisk;
  readonly source: ChunkSource;
  /** The chunks to write, in write order; called anew for each pass. */
  readonly chunks: () => Iterable<TargetChunk>;
  readonly inFlight: number;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
}

export interface FirstWriteJob extends WriteJob {
  /** Waited for before anything is written; the first call comes when the first chunk is in hand. */
  readonly beforeWrite: () => Promise<void>;
}

/** So many bytes may wait in memory for the disk; more would be one long stop at the end. */
const MOST_UNSYNCED = 128 * 1_048_576;

/**
 * Fetches chunks and writes each whole, zeros in its unused blocks. Up to `inFlight` chunks are under way, so
 * the disk is written in order but for that window.
 *
 * @returns used bytes written, and how many chunks came wrong on the way
 */
export async function writeChunks(job: FirstWriteJob): Promise<{ bytes: number; bad: number }> {
  const { on, source, meter } = job;
  const result = { bytes: 0, bad: 0 };
  let mayWrite = false;
  let unsynced = 0;
  let syncing: Promise<void> | null = null;
  meter.begin('writing', totalBytes(job.chunks()));
  await inParallel(job.chunks(), job.inFlight, job.signal, async (chunk, signal) => {
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
    } finally {
      room.release();
    }
    result.bytes += chunk.usedBytes;
    meter.advance(chunk.usedBytes);
    unsynced += chunk.length;
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

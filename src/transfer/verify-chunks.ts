import { flushDisk } from '../disk/index.ts';
import { MimeoError } from '../errors.ts';
import { holdsChunk } from './chunk-check.ts';
import type { CrewDisk } from './crew/chunk-work.ts';
import { fetchChunk } from './fetch-chunk.ts';
import { inParallel } from './in-parallel.ts';
import type { ChunkSource } from './ports.ts';
import type { ProgressMeter } from './progress-meter.ts';
import { READERS, totalBytes } from './survey.ts';
import type { TargetChunk } from './target-chunk.ts';

export interface VerifyJob {
  readonly on: CrewDisk;
  /** Where chunks come from that read back wrong. */
  readonly source: ChunkSource;
  /** What was written; called anew for each pass. */
  readonly chunks: () => Iterable<TargetChunk>;
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
}

/**
 * Reads chunks back, after the disk was flushed, and writes those again that read back wrong.
 *
 * @returns how many had to be written again
 * @throws MimeoError `disk-lies` when a chunk reads back wrong a second time
 */
export async function verifyChunks(job: VerifyJob): Promise<number> {
  const { on, meter } = job;
  const wrong: TargetChunk[] = [];
  meter.begin('verifying', totalBytes(job.chunks()));
  await inParallel(job.chunks(), READERS, job.signal, async (chunk) => {
    if (!(await holdsChunk(on, chunk))) {
      wrong.push(chunk);
      if (wrong.length > MOST_WRONG) throw lies(chunk, on.disk.path, `and ${MOST_WRONG} others before it`);
    }
    meter.advance(chunk.usedBytes);
  });
  for (const chunk of wrong) {
    const room = await on.crew.memory.take(chunk.length);
    const fetched = await fetchChunk(on, job.source, chunk, room, true, job.signal);
    meter.networkBytes += fetched.networkBytes;
    room.release();
  }
  if (wrong.length > 0) await flushDisk(on.disk);
  for (const chunk of wrong) {
    if (!(await holdsChunk(on, chunk))) throw lies(chunk, on.disk.path, 'twice');
  }
  return wrong.length;
}

/** A disk with more wrong chunks than this is not worth a second try. */
const MOST_WRONG = 64;

function lies(chunk: TargetChunk, disk: string, words: string): MimeoError {
  return new MimeoError(
    'disk-lies',
    `What was written to ${disk} at byte ${chunk.offset} (chunk ${chunk.id}) read back wrong, ${words}.`,
  );
}

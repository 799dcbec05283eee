import { flushDisk, writeAt } from '../disk/index.ts';
import { MimeoError } from '../errors.ts';
import { holdsChunk } from './chunk-check.ts';
import { fetchChunk } from './fetch-chunk.ts';
import { inParallel } from './in-parallel.ts';
import { totalBytes } from './survey.ts';
import type { TargetChunk } from './target-chunk.ts';
import type { WriteJob } from './write-chunks.ts';

/** Reads in flight. */
const READERS = 4;

/**
 * Reads chunks back, after the disk was flushed, and writes those again that read back wrong.
 *
 * @returns how many had to be written again
 * @throws MimeoError `disk-lies` when a chunk reads back wrong a second time
 */
export async function verifyChunks(job: WriteJob): Promise<number> {
  const { disk, meter } = job;
  const wrong: TargetChunk[] = [];
  meter.begin('verifying', totalBytes(job.chunks()));
  await inParallel(job.chunks(), READERS, job.signal, async (chunk) => {
    if (!(await holdsChunk(disk, chunk))) {
      wrong.push(chunk);
      if (wrong.length > MOST_WRONG) throw lies(chunk, disk.path, `and ${MOST_WRONG} others before it`);
    }
    meter.advance(chunk.usedBytes);
  });
  for (const chunk of wrong) {
    const fetched = await fetchChunk(job.source, chunk, job.signal);
    meter.networkBytes += fetched.networkBytes;
    await writeAt(disk, chunk.offset, fetched.bytes);
  }
  if (wrong.length > 0) await flushDisk(disk);
  for (const chunk of wrong) {
    if (!(await holdsChunk(disk, chunk))) throw lies(chunk, disk.path, 'twice');
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

import { MimeoError } from '../errors.ts';
import { CHUNK_BYTES, ZERO_CHUNK_ID } from '../image/index.ts';
import { holdsChunk } from './chunk-check.ts';
import type { CrewDisk } from './crew/chunk-work.ts';
import { inParallel } from './in-parallel.ts';
import type { ProgressMeter } from './progress-meter.ts';
import type { TargetChunk } from './target-chunk.ts';

/** Chunks looked at in the order of writing: an interrupted deploy got at least so far. */
const FIRST_SAMPLES = 8;
/**
 * Chunks looked at all over the image: a disk in daily use has changed anywhere. So a stretch of a fiftieth that
 * is right is always found, and where a tenth is right here and there it is overlooked once in a thousand times.
 */
const SPREAD_SAMPLES = 56;
/** Reads in flight, also while verifying. */
export const READERS = 8;

export interface SurveyJob {
  readonly on: CrewDisk;
  /** Called anew for each pass over the image. */
  readonly chunks: () => Iterable<TargetChunk>;
  /** An upper limit of the chunks' numbers. */
  readonly count: number;
  /** Places that will be wiped before the first chunk is written: what they hold now is not counted on. */
  readonly wiped: readonly { readonly offset: number; readonly length: number }[];
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
}

/** Which chunks the disk holds already, by number. */
export interface Survey {
  has(number: number): boolean;
  readonly reusedBytes: number;
}

/**
 * Finds what is right on the disk already: by re-hashing it under the image's masks, so that it needs no
 * notes of what an earlier, interrupted deploy had done. Where a sample shows that nothing is, the disk is
 * not read.
 */
export async function survey(job: SurveyJob): Promise<Survey> {
  const { chunks, count, meter, signal } = job;
  const right = new Uint8Array(Math.ceil(count / 8));
  let reusedBytes = 0;
  const result = {
    has: (number: number) => (((right[number >> 3] ?? 0) >> (number & 7)) & 1) === 1,
    get reusedBytes() {
      return reusedBytes;
    },
  };
  if (!(await anySampleHolds(job))) return result;
  meter.begin('surveying', totalBytes(chunks()));
  await inParallel(chunks(), READERS, signal, async (chunk) => {
    if (await isRight(job, chunk)) {
      right[chunk.number >> 3] = (right[chunk.number >> 3] ?? 0) | (1 << (chunk.number & 7));
      reusedBytes += chunk.usedBytes;
      meter.reusedBytes += chunk.usedBytes;
    }
    meter.advance(chunk.usedBytes);
  });
  return result;
}

/** Used bytes of all chunks. */
export function totalBytes(chunks: Iterable<TargetChunk>): number {
  let total = 0;
  for (const chunk of chunks) total += chunk.usedBytes;
  return total;
}

async function anySampleHolds(job: SurveyJob): Promise<boolean> {
  const { chunks: every, count, signal } = job;
  const step = Math.ceil(count / SPREAD_SAMPLES);
  let taken = 0;
  let next = 0;
  for (const chunk of every()) {
    if (
      chunk.id === ZERO_CHUNK_ID ||
      chunk.length < CHUNK_BYTES ||
      (taken >= FIRST_SAMPLES && chunk.number < next)
    )
      continue;
    signal.throwIfAborted();
    if (await isRight(job, chunk)) return true;
    taken++;
    next = chunk.number + step;
  }
  return false;
}

/** A sector that cannot be read is not right; writing it makes many a disk mend it. */
async function isRight({ on, wiped }: SurveyJob, chunk: TargetChunk): Promise<boolean> {
  const end = chunk.offset + chunk.length;
  if (wiped.some(({ offset, length }) => chunk.offset < offset + length && offset < end)) return false;
  try {
    return await holdsChunk(on, chunk);
  } catch (error) {
    if (error instanceof MimeoError && error.code === 'disk-failed') return false;
    throw error;
  }
}

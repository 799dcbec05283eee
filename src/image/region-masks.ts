import { type ByteRun, emptyMask, markUsed } from './mask.ts';
import { CHUNK_BYTES } from './types.ts';

/** How many chunks a region of this length has. */
export function chunkCount(regionBytes: number): number {
  return Math.ceil(regionBytes / CHUNK_BYTES);
}

/** The bytes of chunk `i` of a region of this length: 1 MiB, less for the last. */
export function chunkLength(regionBytes: number, i: number): number {
  return Math.max(0, Math.min(CHUNK_BYTES, regionBytes - i * CHUNK_BYTES));
}

/**
 * The used mask of every chunk of a region, in order, from its used bytes.
 *
 * @param used runs from the region's start; sorted by `start`, may touch or overlap
 * @throws RangeError when the runs are not sorted or reach past the region's end
 */
export function* regionMasks(used: Iterable<ByteRun>, regionBytes: number): Generator<Uint8Array> {
  const chunks = chunkCount(regionBytes);
  let chunk = 0;
  let mask = emptyMask();
  let previous = 0;
  for (const { start, length } of used) {
    const end = start + length;
    if (!(start >= previous && length >= 0)) throw new RangeError(`used run at ${start} is out of order`);
    if (end > regionBytes) throw new RangeError(`used run ends at ${end}, the region at ${regionBytes}`);
    previous = start;
    for (let at = Math.max(start, chunk * CHUNK_BYTES); at < end; ) {
      for (; Math.floor(at / CHUNK_BYTES) > chunk; chunk++) {
        yield mask;
        mask = emptyMask();
      }
      const from = chunk * CHUNK_BYTES;
      const to = Math.min(end, from + CHUNK_BYTES);
      markUsed(mask, at - from, to - from);
      at = to;
    }
  }
  for (; chunk < chunks; chunk++) {
    yield mask;
    mask = emptyMask();
  }
}

import { BLOCK_BYTES, BLOCKS_PER_CHUNK, CHUNK_BYTES } from './types.ts';

/** Bytes of a used mask. */
export const MASK_BYTES = BLOCKS_PER_CHUNK / 8;

/** A run of bytes; `start` counts from wherever the function says. */
export interface ByteRun {
  readonly start: number;
  readonly length: number;
}

/** The mask that says no block is used. */
export function emptyMask(): Uint8Array {
  return new Uint8Array(MASK_BYTES);
}

/**
 * The mask that says every block is used. A chunk shorter than 1 MiB (the last of its region) has fewer
 * blocks; a last block that is cut short counts. Bits past the chunk's end are 0.
 */
export function fullMask(chunkLength: number = CHUNK_BYTES): Uint8Array {
  const mask = emptyMask();
  if (chunkLength === CHUNK_BYTES) return mask.fill(0xff);
  markUsed(mask, 0, chunkLength);
  return mask;
}

/**
 * Marks every block that the bytes `start` to `end` (exclusive, within the chunk) touch, in place.
 * @throws RangeError when they do not lie within a chunk
 */
export function markUsed(mask: Uint8Array, start: number, end: number): void {
  if (!(start >= 0 && start <= end && end <= CHUNK_BYTES)) {
    throw new RangeError(`bytes ${start} to ${end} are not within a chunk`);
  }
  if (start === end) return;
  let block = Math.floor(start / BLOCK_BYTES);
  const stop = Math.ceil(end / BLOCK_BYTES);
  for (; block < stop && block % 8 !== 0; block++) setBit(mask, block);
  const wholeBytes = Math.floor((stop - block) / 8);
  if (wholeBytes > 0) mask.fill(0xff, block / 8, block / 8 + wholeBytes);
  for (block += Math.max(0, wholeBytes) * 8; block < stop; block++) setBit(mask, block);
}

/** Whether no block is used. */
export function isEmpty(mask: Uint8Array): boolean {
  // Asked of every chunk of every index that is read: a plain loop is faster than `every`.
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) return false;
  return true;
}

/** Whether every block of a chunk of this length is used. Bits past its end do not matter. */
export function isFull(mask: Uint8Array, chunkLength: number = CHUNK_BYTES): boolean {
  return countUsed(mask, chunkLength) === blocksIn(chunkLength);
}

/** How many blocks of a chunk of this length are used. Bits past its end are not counted. */
export function countUsed(mask: Uint8Array, chunkLength: number = CHUNK_BYTES): number {
  const blocks = blocksIn(chunkLength);
  let used = 0;
  for (let i = 0; i < blocks >> 3; i++) used += bitsIn(mask[i] ?? 0);
  if (blocks & 7) used += bitsIn((mask[blocks >> 3] ?? 0) & ((1 << (blocks & 7)) - 1));
  return used;
}

/** How many of a chunk's bytes lie in used blocks (a last block that is cut short counts as what it is). */
export function countUsedBytes(mask: Uint8Array, chunkLength: number = CHUNK_BYTES): number {
  return usedRuns(mask, chunkLength).reduce((sum, run) => sum + run.length, 0);
}

/** The used bytes of a chunk of this length as runs, in order and with unused blocks between them. */
export function usedRuns(mask: Uint8Array, chunkLength: number = CHUNK_BYTES): ByteRun[] {
  return runs(mask, chunkLength, true);
}

/** The unused bytes of a chunk of this length as runs, in order. */
export function unusedRuns(mask: Uint8Array, chunkLength: number = CHUNK_BYTES): ByteRun[] {
  return runs(mask, chunkLength, false);
}

/** Zeroes a chunk's unused blocks in place. The chunk's own length says where it ends. */
export function applyMask(chunkBytes: Uint8Array, mask: Uint8Array): void {
  for (const run of unusedRuns(mask, chunkBytes.length)) {
    chunkBytes.fill(0, run.start, run.start + run.length);
  }
}

function runs(mask: Uint8Array, chunkLength: number, wanted: boolean): ByteRun[] {
  const blocks = blocksIn(chunkLength);
  const skip = wanted ? 0x00 : 0xff;
  const take = wanted ? 0xff : 0x00;
  const found: ByteRun[] = [];
  let block = 0;
  while (block < blocks) {
    block = scan(mask, block, blocks, !wanted, skip);
    if (block >= blocks) break;
    const first = block;
    block = scan(mask, block, blocks, wanted, take);
    const start = first * BLOCK_BYTES;
    found.push({ start, length: Math.min(block * BLOCK_BYTES, chunkLength) - start });
  }
  return found;
}

/** The first block from `block` on whose bit is not `value`; whole bytes equal to `same` are stepped over. */
function scan(mask: Uint8Array, from: number, blocks: number, value: boolean, same: number): number {
  let block = from;
  while (block < blocks) {
    if ((block & 7) === 0 && mask[block >> 3] === same) block += 8;
    else if (isUsed(mask, block) === value) block++;
    else break;
  }
  return Math.min(block, blocks);
}

/** Whether block `block` of the chunk is used. */
export function isUsed(mask: Uint8Array, block: number): boolean {
  return (((mask[block >> 3] ?? 0) >> (block & 7)) & 1) === 1;
}

function setBit(mask: Uint8Array, block: number): void {
  mask[block >> 3] = (mask[block >> 3] ?? 0) | (1 << (block & 7));
}

function blocksIn(chunkLength: number): number {
  if (!(chunkLength >= 0 && chunkLength <= CHUNK_BYTES)) {
    throw new RangeError(`a chunk has at most ${CHUNK_BYTES} bytes, not ${chunkLength}`);
  }
  return Math.ceil(chunkLength / BLOCK_BYTES);
}

function bitsIn(byte: number): number {
  let bits = byte - ((byte >> 1) & 0x55);
  bits = (bits & 0x33) + ((bits >> 2) & 0x33);
  return (bits + (bits >> 4)) & 0x0f;
}

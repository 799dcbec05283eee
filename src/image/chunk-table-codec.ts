import { ID_BYTES, isChunkId } from './chunk-id.ts';
import { ChunkTableBuilder } from './chunk-table.ts';
import { damaged, type IndexReader } from './index-reader.ts';
import { emptyMask, fullMask, isEmpty, isFull, isUsed, MASK_BYTES } from './mask.ts';
import { chunkCount, chunkLength } from './region-masks.ts';
import { BLOCK_BYTES, BLOCKS_PER_CHUNK, type ChunkTable } from './types.ts';

/** How much of a chunk is used: the column that says which of the other columns have an entry for it. */
const NONE = 0;
const ALL = 1;
const SOME = 2;

/**
 * A chunk table as four columns: for every chunk one byte of {@link NONE}, {@link ALL} or {@link SOME};
 * then for those that are not NONE the ids and the stored sizes; then the masks of the SOME.
 * @param leastSize 1 when every stored size must be known, as it is in a committed index
 * @throws RangeError for a chunk without its size, or an id that is none
 */
export function encodeChunkTable(table: ChunkTable, regionBytes: number, leastSize: 0 | 1): Buffer[] {
  const kinds = Buffer.alloc(table.count);
  const rows: number[] = [];
  const masks: Uint8Array[] = [];
  for (let i = 0; i < table.count; i++) {
    const id = table.id(i);
    if (id === null) continue;
    if (!isChunkId(id) || table.storedBytes(i) < leastSize) throw new RangeError(`chunk ${i} is not stored`);
    rows.push(i);
    const length = chunkLength(regionBytes, i);
    const mask = clipped(table.mask(i), length);
    kinds[i] = isFull(mask, length) ? ALL : SOME;
    if (kinds[i] === SOME) masks.push(mask);
  }
  const ids = Buffer.alloc(rows.length * ID_BYTES);
  const sizes = Buffer.alloc(rows.length * 4);
  for (const [row, i] of rows.entries()) {
    ids.write(table.id(i) ?? '', row * ID_BYTES, 'hex');
    sizes.writeUInt32LE(table.storedBytes(i), row * 4);
  }
  return [kinds, ids, sizes, ...masks.map((mask) => Buffer.from(mask))];
}

/** Reads the table of a region of this length; `leastSize` as in {@link encodeChunkTable}. */
export function readChunkTable(reader: IndexReader, regionBytes: number, leastSize: 0 | 1): ChunkTable {
  const at = reader.offset;
  const count = chunkCount(regionBytes);
  const kinds = reader.bytes('chunk kinds', count);
  let stored = 0;
  let masked = 0;
  for (const [i, kind] of kinds.entries()) {
    if (kind > SOME) throw damaged(at + i, `kind of chunk ${i} is ${kind}`);
    if (kind !== NONE) stored++;
    if (kind === SOME) masked++;
  }
  const ids = reader.bytes('chunk ids', stored * ID_BYTES);
  const sizesAt = reader.offset;
  const sizes = reader.bytes('stored sizes', stored * 4);
  const masksAt = reader.offset;
  const masks = reader.bytes('used masks', masked * MASK_BYTES);
  const builder = new ChunkTableBuilder();
  let row = 0;
  let maskRow = 0;
  for (const [i, kind] of kinds.entries()) {
    if (kind === NONE) {
      builder.append(null, emptyMask(), 0);
      continue;
    }
    const length = chunkLength(regionBytes, i);
    const size = sizes.readUInt32LE(row * 4);
    if (size < leastSize || size === 0xffff_ffff)
      throw damaged(sizesAt + row * 4, `stored size of chunk ${i} is ${size}`);
    let mask = fullMask(length);
    if (kind === SOME) {
      const place = masksAt + maskRow * MASK_BYTES;
      mask = masks.subarray(maskRow * MASK_BYTES, ++maskRow * MASK_BYTES);
      checkMask(mask, length, place, i);
    }
    builder.appendRaw(ids.subarray(row * ID_BYTES, (row + 1) * ID_BYTES), mask, size);
    row++;
  }
  return builder.build();
}

/** One table has one encoding: a SOME that is none or all, or bits past the region's end, are refused. */
function checkMask(mask: Uint8Array, length: number, at: number, i: number): void {
  if (isFull(mask, length) || isEmpty(mask)) throw damaged(at, `used mask of chunk ${i} is not partial`);
  for (let block = Math.ceil(length / BLOCK_BYTES); block < BLOCKS_PER_CHUNK; block++) {
    if (isUsed(mask, block)) throw damaged(at, `used mask of chunk ${i} reaches past the region's end`);
  }
}

/** The mask without bits past the chunk's end. */
function clipped(mask: Uint8Array, length: number): Uint8Array {
  const end = fullMask(length);
  return mask.map((byte, i) => byte & (end[i] ?? 0));
}

import { ID_BYTES, isChunkId } from './chunk-id.ts';
import { emptyMask, fullMask, isEmpty, isFull, MASK_BYTES } from './mask.ts';
import type { ChunkId, ChunkTable } from './types.ts';

/** Stands for the mask with every bit set, which most chunks of a full disk have. */
const FULL = 0xffff_ffff;

/** The columns behind a {@link ColumnTable}; a chunk without an id takes four bytes, a full one 44. */
interface Columns {
  /** Per chunk: 0 when nothing is used, else 1 + the row in the columns below. */
  readonly rows: Uint32Array;
  readonly ids: Buffer;
  readonly storedBytes: Uint32Array;
  /** Per row: {@link FULL}, or the place of its mask in `masks`, counted in masks. */
  readonly maskAt: Uint32Array;
  readonly masks: Buffer;
}

/** A chunk table in flat columns: no object per chunk, so that half a million chunks cost 20 MB. */
export class ColumnTable implements ChunkTable {
  readonly #columns: Columns;

  /** @param columns taken over, not copied; made by {@link ChunkTableBuilder} */
  constructor(columns: Columns) {
    this.#columns = columns;
  }

  get count(): number {
    return this.#columns.rows.length;
  }

  id(i: number): ChunkId | null {
    const row = this.#row(i);
    return row < 0 ? null : this.#columns.ids.toString('hex', row * ID_BYTES, (row + 1) * ID_BYTES);
  }

  mask(i: number): Uint8Array {
    const row = this.#row(i);
    if (row < 0) return emptyMask();
    const at = this.#columns.maskAt[row] ?? FULL;
    if (at === FULL) return fullMask();
    return this.#columns.masks.subarray(at * MASK_BYTES, (at + 1) * MASK_BYTES);
  }

  storedBytes(i: number): number {
    const row = this.#row(i);
    return row < 0 ? 0 : (this.#columns.storedBytes[row] ?? 0);
  }

  rawIds(): Uint8Array {
    return this.#columns.ids;
  }

  /** The row of chunk `i`, -1 when it has none. */
  #row(i: number): number {
    const row = this.#columns.rows[i];
    if (row === undefined) throw new RangeError(`chunk ${i} of ${this.count}`);
    return row - 1;
  }
}

/** Collects a region's chunks in order and makes the table of them. */
export class ChunkTableBuilder {
  #rows: Uint32Array<ArrayBuffer> = new Uint32Array(64);
  #count = 0;
  #ids: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #storedBytes: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #maskAt: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  #stored = 0;
  #masks: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #masksUsed = 0;

  get count(): number {
    return this.#count;
  }

  /**
   * Appends the next chunk.
   * @param id null exactly when no block is used
   * @param mask 32 bytes, copied
   * @param storedBytes compressed bytes; 0 without an id, or when not known yet (the store fills it in)
   * @throws RangeError when the three do not go together
   */
  append(id: ChunkId | null, mask: Uint8Array, storedBytes: number): void {
    if (id !== null && !isChunkId(id)) throw new RangeError(`chunk ${this.#count}: no chunk id: ${id}`);
    this.appendRaw(id === null ? null : Buffer.from(id, 'hex'), mask, storedBytes);
  }

  /** `append` of an id in its binary form, 32 bytes, copied. */
  appendRaw(id: Uint8Array | null, mask: Uint8Array, storedBytes: number): void {
    const at = this.#count;
    if (mask.length !== MASK_BYTES) throw new RangeError(`chunk ${at}: a mask of ${mask.length} bytes`);
    if ((id === null) !== isEmpty(mask))
      throw new RangeError(`chunk ${at}: an id if and only if blocks are used`);
    if (id !== null && id.length !== ID_BYTES)
      throw new RangeError(`chunk ${at}: an id of ${id.length} bytes`);
    if (!Number.isInteger(storedBytes) || storedBytes < 0 || storedBytes >= (id === null ? 1 : FULL)) {
      throw new RangeError(`chunk ${at}: ${storedBytes} stored bytes`);
    }
    if (this.#count === this.#rows.length) this.#rows = grownWords(this.#rows, this.#count + 1);
    this.#count++;
    if (id === null) return;
    const row = this.#stored++;
    if (row === this.#storedBytes.length) this.#growRows(row + 1);
    this.#rows[at] = row + 1;
    this.#ids.set(id, row * ID_BYTES);
    this.#storedBytes[row] = storedBytes;
    this.#maskAt[row] = isFull(mask) ? FULL : this.#keepMask(mask);
  }

  /** The table of what was appended so far. The builder may go on; the table does not change. */
  build(): ChunkTable {
    return new ColumnTable({
      rows: this.#rows.slice(0, this.#count),
      ids: Buffer.from(this.#ids.subarray(0, this.#stored * ID_BYTES)),
      storedBytes: this.#storedBytes.slice(0, this.#stored),
      maskAt: this.#maskAt.slice(0, this.#stored),
      masks: Buffer.from(this.#masks.subarray(0, this.#masksUsed * MASK_BYTES)),
    });
  }

  #growRows(needed: number): void {
    this.#storedBytes = grownWords(this.#storedBytes, needed);
    this.#maskAt = grownWords(this.#maskAt, needed);
    this.#ids = grownBytes(this.#ids, this.#storedBytes.length * ID_BYTES);
  }

  #keepMask(mask: Uint8Array): number {
    const at = this.#masksUsed++;
    if (this.#masks.length < this.#masksUsed * MASK_BYTES) {
      this.#masks = grownBytes(this.#masks, Math.max(64, at * 2) * MASK_BYTES);
    }
    this.#masks.set(mask, at * MASK_BYTES);
    return at;
  }
}

function grownWords(old: Uint32Array<ArrayBuffer>, needed: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(64, needed, old.length * 2));
  larger.set(old);
  return larger;
}

function grownBytes(old: Buffer<ArrayBuffer>, length: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(length);
  old.copy(larger);
  return larger;
}

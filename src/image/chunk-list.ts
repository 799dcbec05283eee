import { ID_BYTES, ZERO_CHUNK_ID } from './chunk-id.ts';
import type { ChunkId, DiskImage } from './types.ts';

const EMPTY = 0xffff_ffff;

/**
 * The chunks that a disk of an image is made of, each once, numbered in the order in which the index names them
 * first. Who has the index has the same numbers, so that a message of 300 hosts and 60,000 chunks each names none
 * of them by its 64 digits. The chunk of zeros has no number: nobody needs to fetch it.
 *
 * Takes about 44 bytes per chunk.
 */
export class ChunkList {
  readonly #ids: Buffer;
  readonly #slots: Uint32Array;
  #length = 0;

  private constructor(most: number) {
    this.#ids = Buffer.alloc(most * ID_BYTES);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(8, most * 2)))).fill(EMPTY);
  }

  /** @param without numbers of partitions that are left out */
  static of(disk: DiskImage, without: ReadonlySet<number> = new Set()): ChunkList {
    const regions = disk.regions.filter(({ kind, partition }) => kind === 'gap' || !without.has(partition));
    const raw = regions.map(({ chunks }) => chunks.rawIds());
    const list = new ChunkList(raw.reduce((sum, ids) => sum + ids.length / ID_BYTES, 0));
    const zero = Buffer.from(ZERO_CHUNK_ID, 'hex');
    for (const view of raw) {
      const ids = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      for (let at = 0; at < ids.length; at += ID_BYTES) list.#add(ids.subarray(at, at + ID_BYTES), zero);
    }
    return list;
  }

  get length(): number {
    return this.#length;
  }

  /** @throws RangeError for a number that no chunk has */
  id(number: number): ChunkId {
    if (!Number.isInteger(number) || number < 0 || number >= this.#length) {
      throw new RangeError(`chunk ${number} of ${this.#length}`);
    }
    return this.#ids.toString('hex', number * ID_BYTES, (number + 1) * ID_BYTES);
  }

  /** The number of a chunk, -1 when it has none. */
  numberOf(id: ChunkId): number {
    const number = this.#slots[this.#slot(Buffer.from(id, 'hex'))] ?? EMPTY;
    return number === EMPTY ? -1 : number;
  }

  #add(id: Buffer, zero: Buffer): void {
    if (id.equals(zero)) return;
    const slot = this.#slot(id);
    if (this.#slots[slot] !== EMPTY) return;
    id.copy(this.#ids, this.#length * ID_BYTES);
    this.#slots[slot] = this.#length++;
  }

  /** Where a chunk's number is, or would be. */
  #slot(id: Buffer): number {
    const mask = this.#slots.length - 1;
    // An id is a hash already: its first bits are as good as any.
    for (let slot = id.readUInt32LE(0) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] ?? EMPTY;
      if (number === EMPTY) return slot;
      const at = number * ID_BYTES;
      if (id.compare(this.#ids, at, at + ID_BYTES) === 0) return slot;
    }
  }
}

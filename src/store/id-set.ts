import type { ChunkId } from '../image/index.ts';

const ID_BYTES = 32;

/**
 * A set of chunk ids in one flat buffer: about 50 bytes per id where a Set of strings takes 150, so that
 * the marks of two million chunks fit beside a running server. Open addressing; ids are hashes already.
 */
export class IdSet {
  #slots = Buffer.alloc(64 * ID_BYTES);
  #taken = new Uint8Array(64);
  #size = 0;
  readonly #probe = Buffer.alloc(ID_BYTES);

  get size(): number {
    return this.#size;
  }

  /** Whether it was added, that is, not there before. */
  add(id: ChunkId): boolean {
    this.#probe.write(id, 'hex');
    const slot = this.#find(this.#probe);
    if (this.#taken[slot] === 1) return false;
    this.#put(slot, this.#probe);
    if (this.#size * 4 > this.#taken.length * 3) this.#grow();
    return true;
  }

  has(id: ChunkId): boolean {
    this.#probe.write(id, 'hex');
    return this.#taken[this.#find(this.#probe)] === 1;
  }

  *[Symbol.iterator](): Generator<ChunkId> {
    for (let slot = 0; slot < this.#taken.length; slot++) {
      if (this.#taken[slot] === 1) yield this.#slots.toString('hex', slot * ID_BYTES, (slot + 1) * ID_BYTES);
    }
  }

  /** The slot that holds the id, or the free one where it belongs. */
  #find(id: Buffer): number {
    const wrap = this.#taken.length - 1;
    let slot = id.readUInt32LE(0) & wrap;
    while (this.#taken[slot] === 1) {
      const at = slot * ID_BYTES;
      if (this.#slots.compare(id, 0, ID_BYTES, at, at + ID_BYTES) === 0) break;
      slot = (slot + 1) & wrap;
    }
    return slot;
  }

  #put(slot: number, id: Buffer): void {
    this.#slots.set(id, slot * ID_BYTES);
    this.#taken[slot] = 1;
    this.#size++;
  }

  #grow(): void {
    const slots = this.#slots;
    const taken = this.#taken;
    this.#slots = Buffer.alloc(slots.length * 2);
    this.#taken = new Uint8Array(taken.length * 2);
    this.#size = 0;
    for (let slot = 0; slot < taken.length; slot++) {
      if (taken[slot] !== 1) continue;
      const id = slots.subarray(slot * ID_BYTES, (slot + 1) * ID_BYTES);
      this.#put(this.#find(id), id);
    }
  }
}

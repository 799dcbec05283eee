import type { ChunkId } from '../image/index.ts';

/** Bytes of an id in its binary form. */
export const ID_BYTES = 32;

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
    return this.addAt(this.#probe, 0);
  }

  /** Adds the id whose 32 bytes begin at this place; whether it was not there before. */
  addAt(ids: Buffer, at: number): boolean {
    const slot = this.#find(ids, at);
    if (this.#taken[slot] === 1) return false;
    this.#put(slot, ids, at);
    if (this.#size * 4 > this.#taken.length * 3) this.#grow();
    return true;
  }

  /** Adds ids that stand one after the other, 32 bytes each. */
  addAll(ids: Uint8Array): void {
    const buffer = bufferOf(ids);
    for (let at = 0; at < buffer.length; at += ID_BYTES) this.addAt(buffer, at);
  }

  has(id: ChunkId): boolean {
    this.#probe.write(id, 'hex');
    return this.#taken[this.#find(this.#probe, 0)] === 1;
  }

  *[Symbol.iterator](): Generator<ChunkId> {
    for (let slot = 0; slot < this.#taken.length; slot++) {
      if (this.#taken[slot] === 1) yield this.#slots.toString('hex', slot * ID_BYTES, (slot + 1) * ID_BYTES);
    }
  }

  /** The slot that holds the id at this place, or the free one where it belongs. */
  #find(ids: Buffer, at: number): number {
    const wrap = this.#taken.length - 1;
    let slot = ids.readUInt32LE(at) & wrap;
    while (this.#taken[slot] === 1 && !sameId(this.#slots, slot * ID_BYTES, ids, at))
      slot = (slot + 1) & wrap;
    return slot;
  }

  #put(slot: number, ids: Buffer, at: number): void {
    ids.copy(this.#slots, slot * ID_BYTES, at, at + ID_BYTES);
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
      this.#put(this.#find(slots, slot * ID_BYTES), slots, slot * ID_BYTES);
    }
  }
}

/** The same bytes. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** In words of four bytes: calling out of JavaScript for 32 bytes would take several times as long. */
function sameId(a: Buffer, atA: number, b: Buffer, atB: number): boolean {
  for (let i = 0; i < ID_BYTES; i += 4) {
    if (a.readInt32LE(atA + i) !== b.readInt32LE(atB + i)) return false;
  }
  return true;
}

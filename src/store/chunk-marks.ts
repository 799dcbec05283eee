import type { ChunkId } from '../image/index.ts';

/** Bytes of an id in its binary form. */
const ID_BYTES = 32;
/** Of an id that stand for it here, in two words. */
const PREFIX_BYTES = 8;

/**
 * Marks which chunks are to be kept, by the first eight bytes of their ids: 16 MiB for a million, where whole ids
 * would take four times that. Should two ids ever begin alike, one chunk that nobody needs is kept too.
 */
export class ChunkMarks {
  /** Two words for each slot; a slot of zeros is free. */
  #words = new Uint32Array(2 * 64);
  #size = 0;
  readonly #probe = Buffer.alloc(PREFIX_BYTES);

  add(id: ChunkId): void {
    this.#probe.write(id.slice(0, 2 * PREFIX_BYTES), 'hex');
    this.#add(this.#probe.readUInt32LE(0), this.#probe.readUInt32LE(4));
  }

  /** Marks ids that stand one after the other, 32 bytes each. */
  addAll(ids: Uint8Array): void {
    const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
    for (let at = 0; at < ids.byteLength; at += ID_BYTES) {
      this.#add(view.getUint32(at, true), view.getUint32(at + 4, true));
    }
  }

  has(id: ChunkId): boolean {
    this.#probe.write(id.slice(0, 2 * PREFIX_BYTES), 'hex');
    const low = this.#probe.readUInt32LE(0);
    const high = markOf(low, this.#probe.readUInt32LE(4));
    return this.#words[this.#find(low, high) + 1] === high;
  }

  #add(low: number, word: number): void {
    const high = markOf(low, word);
    const slot = this.#find(low, high);
    if (this.#words[slot + 1] === high) return;
    this.#words[slot] = low;
    this.#words[slot + 1] = high;
    this.#size++;
    if (this.#size * 8 > this.#words.length * 3) this.#grow();
  }

  /** Where the two words stand, or the free slot where they belong. */
  #find(low: number, high: number): number {
    const words = this.#words;
    const wrap = words.length - 2;
    let slot = (low * 2) & wrap;
    while (words[slot + 1] !== 0 && (words[slot] !== low || words[slot + 1] !== high))
      slot = (slot + 2) & wrap;
    return slot;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(old.length * 2);
    this.#size = 0;
    for (let slot = 0; slot < old.length; slot += 2) {
      const high = old[slot + 1] ?? 0;
      if (high !== 0) this.#add(old[slot] ?? 0, high);
    }
  }
}

/** Never 0, which stands for a free slot. */
function markOf(low: number, high: number): number {
  return high === 0 ? (low | 1) >>> 0 : high;
}

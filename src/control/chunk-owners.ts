import type { ChunkId } from '../image/index.ts';

/** Digits of an id that a number holds exactly: 52 bits, which two of a few million chunks share once in a thousand stores. */
const DIGITS = 13;
const SHARED = 0xffff_ffff;

/**
 * Which of many images are the only ones to need a chunk. Counts, no claims: of an id only the first 52 bits are kept,
 * so that two million chunks take 64 MiB.
 */
export class ChunkOwners {
  #keys = new Float64Array(1024);
  /** Number of the only owner, from 1; 0 is an empty slot. */
  #owners = new Uint32Array(1024);
  #sizes = new Uint32Array(1024);
  #used = 0;

  /** @param owner from 1 */
  add(id: ChunkId, owner: number, storedBytes: number): void {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    const key = Number.parseInt(id.slice(0, DIGITS), 16);
    const slot = this.#slot(key);
    const before = this.#owners[slot];
    if (before === 0) {
      this.#keys[slot] = key;
      this.#owners[slot] = owner;
      this.#sizes[slot] = storedBytes;
      this.#used++;
    } else if (before !== owner) this.#owners[slot] = SHARED;
  }

  /** Stored bytes of the chunks that only this owner needs, by owner. */
  onlyBytes(): Map<number, number> {
    const sums = new Map<number, number>();
    for (const [slot, owner] of this.#owners.entries()) {
      if (owner === 0 || owner === SHARED) continue;
      sums.set(owner, (sums.get(owner) ?? 0) + (this.#sizes[slot] ?? 0));
    }
    return sums;
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (key % this.#keys.length) & mask;
    while (this.#owners[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, owners, sizes] = [this.#keys, this.#owners, this.#sizes];
    this.#keys = new Float64Array(keys.length * 2);
    this.#owners = new Uint32Array(keys.length * 2);
    this.#sizes = new Uint32Array(keys.length * 2);
    for (const [i, owner] of owners.entries()) {
      if (owner === 0) continue;
      const slot = this.#slot(keys[i] ?? 0);
      this.#keys[slot] = keys[i] ?? 0;
      this.#owners[slot] = owner;
      this.#sizes[slot] = sizes[i] ?? 0;
    }
  }
}

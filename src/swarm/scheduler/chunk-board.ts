import type { ChunkId } from '../../image/index.ts';

const WORD_BITS = 32;

/**
 * Who holds which chunk, over all images: a chunk that two of them have in common counts once. One bit per host and
 * chunk, so that 500 hosts and 60,000 chunks take 4 MB.
 */
export class ChunkBoard {
  readonly #numbers = new Map<ChunkId, number>();
  /** Words of host bits per chunk. */
  #words = 1;
  #bits = new Uint32Array(1024);
  #holders = new Uint16Array(1024);

  get length(): number {
    return this.#numbers.size;
  }

  /** The number of a chunk over all images. */
  intern(id: ChunkId): number {
    const found = this.#numbers.get(id);
    if (found !== undefined) return found;
    const chunk = this.#numbers.size;
    this.#numbers.set(id, chunk);
    if (chunk >= this.#holders.length) {
      this.#holders = larger(this.#holders, new Uint16Array(chunk * 2));
      this.#bits = larger(this.#bits, new Uint32Array(chunk * 2 * this.#words));
    }
    return chunk;
  }

  /** Makes room for a host of this number. */
  admit(host: number): void {
    const words = Math.floor(host / WORD_BITS) + 1;
    if (words <= this.#words) return;
    const bits = new Uint32Array(this.#holders.length * words);
    for (let chunk = 0; chunk < this.#numbers.size; chunk++) {
      for (let word = 0; word < this.#words; word++) {
        bits[chunk * words + word] = this.#bits[chunk * this.#words + word] ?? 0;
      }
    }
    this.#bits = bits;
    this.#words = words;
  }

  /** A host serves this chunk from now on. */
  add(chunk: number, host: number): void {
    const at = chunk * this.#words + Math.floor(host / WORD_BITS);
    const bit = 1 << (host % WORD_BITS);
    const before = this.#bits[at] ?? 0;
    if ((before & bit) !== 0) return;
    this.#bits[at] = before | bit;
    this.#holders[chunk] = (this.#holders[chunk] ?? 0) + 1;
  }

  /** It does not any more. */
  remove(chunk: number, host: number): void {
    const at = chunk * this.#words + Math.floor(host / WORD_BITS);
    const bit = 1 << (host % WORD_BITS);
    const before = this.#bits[at] ?? 0;
    if ((before & bit) === 0) return;
    this.#bits[at] = before & ~bit;
    this.#holders[chunk] = (this.#holders[chunk] ?? 0) - 1;
  }

  /** How many hosts serve it. */
  holders(chunk: number): number {
    return this.#holders[chunk] ?? 0;
  }

  /** The numbers of those hosts. */
  *hosts(chunk: number): Generator<number> {
    for (let word = 0; word < this.#words; word++) {
      let bits = this.#bits[chunk * this.#words + word] ?? 0;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        yield word * WORD_BITS + bit;
      }
    }
  }
}

function larger<T extends Uint16Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

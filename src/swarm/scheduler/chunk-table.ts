import type { ChunkId } from '../../image/index.ts';
import type { ChunkNumbers } from './types.ts';

/** The chunks of one image in the order of its list. */
export class ImageChunks {
  readonly key: string;
  /** The row of each chunk, over all images. */
  readonly rows: Uint32Array;
  /** A bit per chunk: nobody who may be asked has it or is fetching it. */
  readonly unseeded: Uint32Array;
  /** The rows are a run of numbers that begins here; -1: they are not, and `#locals` knows. */
  readonly #first: number;
  readonly #locals: ReadonlyMap<number, number> | null;
  /** No word of `unseeded` before this one has a bit. */
  #fresh = 0;

  constructor(key: string, rows: Uint32Array) {
    this.key = key;
    this.rows = rows;
    const first = rows[0] ?? 0;
    const isRun = rows.every((row, i) => row === first + i);
    this.#first = isRun ? first : -1;
    this.#locals = isRun ? null : new Map(Array.from(rows, (row, local) => [row, local]));
    this.unseeded = fullBits(rows.length);
  }

  /** The place of a row in this image's list; -1 when it is not in it. */
  localOf(row: number): number {
    if (this.#locals !== null) return this.#locals.get(row) ?? -1;
    const local = row - this.#first;
    return local < this.rows.length ? Math.max(-1, local) : -1;
  }

  setSeeded(row: number, seeded: boolean): void {
    const local = this.localOf(row);
    if (local < 0) return;
    const word = local >> 5;
    const bit = 1 << (local & 31);
    if (seeded) this.unseeded[word] = (this.unseeded[word] ?? 0) & ~bit;
    else {
      this.unseeded[word] = (this.unseeded[word] ?? 0) | bit;
      this.#fresh = Math.min(this.#fresh, word);
    }
  }

  /** The first chunk in the list that nobody has and this host wants; -1 when there is none. */
  firstUnseeded(missing: Uint32Array): number {
    while (this.#fresh < this.unseeded.length && this.unseeded[this.#fresh] === 0) this.#fresh++;
    for (let word = this.#fresh; word < this.unseeded.length; word++) {
      const bits = (this.unseeded[word] ?? 0) & (missing[word] ?? 0);
      if (bits !== 0) return word * 32 + lowestBit(bits);
    }
    return -1;
  }
}

/** Numbers the chunks of all images: one that two images have in common has one row. */
export class ChunkTable {
  readonly #rows = new Map<ChunkId, number>();
  readonly #images = new Map<string, ImageChunks>();

  get size(): number {
    return this.#rows.size;
  }

  /** How many images. */
  get images(): number {
    return this.#images.size;
  }

  /** Forgets all other images; their chunks keep their rows. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#images.keys()) if (!keys.has(key)) this.#images.delete(key);
  }

  /** @returns whether it was not known before */
  add(key: string, list: ChunkNumbers): boolean {
    if (this.#images.has(key)) return false;
    const rows = Uint32Array.from({ length: list.length }, (_, i) => this.#rowOf(list.id(i)));
    this.#images.set(key, new ImageChunks(key, rows));
    return true;
  }

  /** @throws RangeError for an image that was not added */
  image(key: string): ImageChunks {
    const image = this.#images.get(key);
    if (image === undefined) throw new RangeError(`no image ${key}`);
    return image;
  }

  /** A row has become seeded or not, in every image that has it. */
  setSeeded(row: number, seeded: boolean): void {
    for (const image of this.#images.values()) image.setSeeded(row, seeded);
  }

  #rowOf(id: ChunkId): number {
    const found = this.#rows.get(id);
    if (found !== undefined) return found;
    const row = this.#rows.size;
    this.#rows.set(id, row);
    return row;
  }
}

/** As many bits as chunks, all of them set. */
export function fullBits(length: number): Uint32Array {
  const bits = new Uint32Array(Math.ceil(length / 32)).fill(0xffff_ffff);
  if (length % 32 !== 0) bits[bits.length - 1] = (1 << (length % 32)) - 1;
  return bits;
}

/** The number of the lowest bit that is set. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The place of the first bit that is set; -1 when none is. */
export function firstBit(words: Uint32Array): number {
  for (const [word, bits] of words.entries()) if (bits !== 0) return word * 32 + lowestBit(bits);
  return -1;
}

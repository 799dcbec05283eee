import { MimeoError } from '../errors.ts';
import { ChunkList, type DiskImage } from '../image/index.ts';
import { type CrewDisk, packChunk, readChunk } from './crew/chunk-work.ts';
import type { Wanted } from './ports.ts';
import type { Survey } from './survey.ts';
import type { TargetChunk, TargetChunks } from './target-chunk.ts';

const NOWHERE = 0xffff_ffff;

/**
 * Which distinct chunks a deploy still has to fetch, and all the places where each is to be written. Flat columns:
 * about 60 bytes per chunk, so that a disk of a terabyte costs 60 MB.
 */
export class MissingChunks implements Wanted, AsyncDisposable {
  readonly list: ChunkList;
  onSettled: ((number: number) => void) | null = null;
  readonly #targets: TargetChunks;
  readonly #on: CrewDisk;
  /** Per chunk: where its places begin in `#places`; one more at the end. */
  readonly #firsts: Uint32Array;
  readonly #places: Uint32Array;
  /** Per chunk: one place of it. */
  readonly #somewhere: Uint32Array;
  readonly #settled: Uint8Array;
  readonly #reading = new Set<Promise<Buffer | null>>();
  #open = true;

  /** @param found what is right already */
  constructor(parts: {
    readonly index: DiskImage;
    readonly keep: ReadonlySet<number>;
    readonly targets: TargetChunks;
    readonly found: Survey;
    readonly on: CrewDisk;
  }) {
    this.list = ChunkList.of(parts.index, parts.keep);
    this.#targets = parts.targets;
    this.#on = parts.on;
    this.#somewhere = new Uint32Array(this.list.length).fill(NOWHERE);
    this.#settled = new Uint8Array(this.list.length);
    const counts = new Uint32Array(this.list.length + 1);
    for (const { number, id } of parts.targets.all()) {
      const chunk = this.list.numberOf(id);
      if (chunk < 0) continue;
      this.#somewhere[chunk] = number;
      if (!parts.found.has(number)) counts[chunk + 1] = (counts[chunk + 1] ?? 0) + 1;
    }
    for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] ?? 0) + (counts[i - 1] ?? 0);
    this.#firsts = counts;
    this.#places = new Uint32Array(counts.at(-1) ?? 0);
    const next = counts.slice();
    for (const { number, id } of parts.targets.all()) {
      const chunk = this.list.numberOf(id);
      if (chunk < 0 || parts.found.has(number)) continue;
      const at = next[chunk] ?? 0;
      this.#places[at] = number;
      next[chunk] = at + 1;
    }
  }

  missing(number: number): boolean {
    return (this.#firsts[number + 1] ?? 0) > (this.#firsts[number] ?? 0);
  }

  /** The places where a chunk is missing, in the order of the disk. */
  places(number: number): TargetChunk[] {
    const places = this.#places.subarray(this.#firsts[number], this.#firsts[number + 1]);
    return Array.from(places, (place) => this.#targets.at(place));
  }

  /** A chunk is right everywhere now. */
  settle(number: number): void {
    this.#settled[number] = 1;
    this.onSettled?.(number);
  }

  async readBack(number: number): Promise<Buffer | null> {
    const somewhere = this.#somewhere[number] ?? NOWHERE;
    if (somewhere === NOWHERE || (this.missing(number) && this.#settled[number] === 0)) return null;
    if (!this.#open) return null;
    const reading = this.#read(this.#targets.at(somewhere));
    this.#reading.add(reading);
    try {
      return await reading;
    } finally {
      this.#reading.delete(reading);
    }
  }

  /** @throws MimeoError `internal` when the source ended before it had brought everything */
  demandAll(): void {
    let left = 0;
    for (let i = 0; i < this.list.length; i++) if (this.missing(i) && this.#settled[i] === 0) left++;
    if (left > 0) throw new MimeoError('internal', `The source ended and left out ${left} chunks.`);
  }

  /** From here on nothing is read back; resolves when nobody reads any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    await Promise.allSettled(this.#reading);
  }

  async #read(chunk: TargetChunk): Promise<Buffer | null> {
    const room = await this.#on.crew.memory.take(chunk.length);
    try {
      if (!this.#open || (await readChunk(this.#on, chunk, room)) !== chunk.id) return null;
      return await packChunk(this.#on.crew, room);
    } finally {
      room.release();
    }
  }
}

import type { ChunkBoard } from './chunk-board.ts';
import { WANTED } from './peer.ts';

/**
 * The chunks of one image and which of them are in play: out of the server, and still wanted by somebody who is not
 * slow. They are few, so that they can be looked through for every request.
 */
export class ImageWindow {
  /** Their numbers on the board. */
  readonly chunks: Uint32Array;
  readonly #board: ChunkBoard;
  /** Hosts that want a chunk and are not fetching it, without slow ones. */
  readonly #wanting: Uint16Array;
  /** Hosts that are fetching it. */
  readonly #coming: Uint16Array;
  /** The same by place. */
  readonly #comingTo = new Map<string, Uint16Array>();
  /** 1: the server has sent it, or is sending it. */
  readonly #out: Uint8Array;
  readonly #inPlay = new Set<number>();
  #localOf: Map<number, number> | null = null;
  /** No chunk before this is fresh. */
  #fresh = 0;

  constructor(chunks: Uint32Array, board: ChunkBoard) {
    this.chunks = chunks;
    this.#board = board;
    this.#wanting = new Uint16Array(chunks.length);
    this.#coming = new Uint16Array(chunks.length);
    this.#out = new Uint8Array(chunks.length);
  }

  /** How many are in play. */
  get size(): number {
    return this.#inPlay.size;
  }

  want(local: number): void {
    this.#wanting[local] = (this.#wanting[local] ?? 0) + 1;
    if (this.#out[local] === 1) this.#inPlay.add(local);
  }

  unwant(local: number): void {
    this.#wanting[local] = (this.#wanting[local] ?? 0) - 1;
    if (this.#wanting[local] === 0) this.#inPlay.delete(local);
  }

  /** A host begins to fetch a chunk. */
  begin(local: number, place: string): void {
    this.#coming[local] = (this.#coming[local] ?? 0) + 1;
    const there = this.#comingTo.get(place) ?? new Uint16Array(this.chunks.length);
    this.#comingTo.set(place, there);
    there[local] = (there[local] ?? 0) + 1;
  }

  /** It has it, or has given up. */
  end(local: number, place: string): void {
    this.#coming[local] = (this.#coming[local] ?? 0) - 1;
    const there = this.#comingTo.get(place);
    if (there !== undefined) there[local] = (there[local] ?? 0) - 1;
  }

  /** How many hosts of a place are fetching a chunk of the board. */
  comingTo(place: string, chunk: number): number {
    this.#localOf ??= new Map(Array.from(this.chunks, (number, local) => [number, local]));
    return this.#comingTo.get(place)?.[this.#localOf.get(chunk) ?? -1] ?? 0;
  }

  /** The server sends a chunk. */
  release(local: number): void {
    this.#out[local] = 1;
    if ((this.#wanting[local] ?? 0) > 0) this.#inPlay.add(local);
  }

  /** What the server sent does not arrive: it is given out once more, if nobody has it. */
  recall(local: number): void {
    if (this.#board.holders(this.chunks[local] ?? 0) > 0 || (this.#wanting[local] ?? 0) === 0) return;
    this.#out[local] = 0;
    this.#fresh = Math.min(this.#fresh, local);
  }

  /** Somebody is gone or given up: what nobody has any more becomes fresh. */
  lookAgain(): void {
    this.#fresh = 0;
    for (const [local, out] of this.#out.entries()) {
      if (out === 1 && this.#coming[local] === 0 && this.#board.holders(this.chunks[local] ?? 0) === 0) {
        this.#out[local] = 0;
        this.#inPlay.delete(local);
      }
    }
  }

  /** The next chunk that nobody has and nobody is being sent, for a host that wants it; -1 when there is none. */
  nextFresh(states: Uint8Array | null): number {
    while (this.#fresh < this.chunks.length && !this.#isFresh(this.#fresh)) this.#fresh++;
    for (let local = this.#fresh; local < this.chunks.length; local++) {
      if (this.#isFresh(local) && (states === null || states[local] === WANTED)) return local;
    }
    return -1;
  }

  /** What a host wants of those in play, the rarest first. */
  rarest(states: Uint8Array, random: () => number): number[] {
    const found: { local: number; count: number }[] = [];
    for (const local of this.#inPlay) {
      if (states[local] !== WANTED) continue;
      const holders = this.#board.holders(this.chunks[local] ?? 0);
      if (holders > 0) found.push({ local, count: holders + (this.#coming[local] ?? 0) + random() });
    }
    return found.toSorted((a, b) => a.count - b.count).map(({ local }) => local);
  }

  #isFresh(local: number): boolean {
    return this.#out[local] === 0 && this.#board.holders(this.chunks[local] ?? 0) === 0;
  }
}

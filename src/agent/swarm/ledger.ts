import type { Assignment, ExchangeRequest, FailureWhy } from '../../protocol/index.ts';

/** A chunk in hand that is not on the disk yet. */
export interface Arrived {
  readonly frame: Buffer;
  /** The host it came from; null for the server. */
  readonly from: string | null;
  readonly ms: number;
}

export interface LedgerLimits {
  /** Chunks fetched at the same time. */
  readonly inFlight: () => number;
  /** Chunks in memory that wait for the disk. */
  readonly inHand: number;
}

type Failure = ExchangeRequest['failed'][number];
type Done = ExchangeRequest['done'][number];

/** The most that one message carries. */
const MOST_TOLD = 1024;
const MOST_ROOM = 64;

const WANTED = 0;
const ASSIGNED = 1;
const SETTLED = 2;

/**
 * What has become of each chunk that was assigned: it waits, is being fetched, is in hand, or is on the disk, and
 * what the server has not been told of yet. Decides nothing but how much may be under way.
 */
export class Ledger {
  readonly #limits: LedgerLimits;
  readonly #states: Uint8Array;
  /** How many are wanted and not assigned. */
  #unassigned = 0;
  #unsettled = 0;
  readonly #queue: Assignment[] = [];
  readonly #flying = new Set<number>();
  readonly #inHand = new Map<number, Arrived>();
  #done: Done[] = [];
  #failed: Failure[] = [];

  /** @param missing whether the disk needs chunk `n` of `count` */
  constructor(count: number, missing: (chunk: number) => boolean, limits: LedgerLimits) {
    this.#limits = limits;
    this.#states = new Uint8Array(count);
    for (let chunk = 0; chunk < count; chunk++) {
      if (missing(chunk)) this.#unassigned++;
      else this.#states[chunk] = SETTLED;
    }
    this.#unsettled = this.#unassigned;
  }

  /** Chunks that are not right on the disk yet. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Which chunks are right on the disk, a bit each: bit `n % 8` of byte `n >> 3`. */
  held(): Buffer {
    const bits = Buffer.alloc(Math.ceil(this.#states.length / 8));
    for (const [chunk, state] of this.#states.entries()) {
      if (state === SETTLED) bits[chunk >> 3] = (bits[chunk >> 3] ?? 0) | (1 << (chunk & 7));
    }
    return bits;
  }

  /** How many more assignments are welcome so that `depth` of them are waiting or being fetched. */
  room(depth: number): number {
    const under = this.#queue.length + this.#flying.size;
    return Math.max(0, Math.min(depth - under, this.#unassigned, MOST_ROOM));
  }

  assign(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      // Twice after a reply that was lost, or by a server that errs: one that is not wanted is left aside.
      if (this.#states[assignment.chunk] !== WANTED) continue;
      this.#states[assignment.chunk] = ASSIGNED;
      this.#queue.push(assignment);
      this.#unassigned--;
    }
  }

  /** Without a server that assigns: the next few wanted chunks, in order, all from one source. */
  assignRest(count: number, source: Assignment['sources'][number]): void {
    for (let chunk = this.#states.indexOf(WANTED); chunk >= 0 && this.#queue.length < count; ) {
      this.assign([{ chunk, sources: [source] }]);
      chunk = this.#states.indexOf(WANTED, chunk);
    }
  }

  /** The next chunk to fetch, when one more may be under way. */
  next(): Assignment | null {
    if (this.#flying.size >= this.#limits.inFlight() || this.#inHand.size >= this.#limits.inHand) return null;
    const assignment = this.#queue.shift() ?? null;
    if (assignment !== null) this.#flying.add(assignment.chunk);
    return assignment;
  }

  arrived(chunk: number, what: Arrived): void {
    this.#flying.delete(chunk);
    this.#inHand.set(chunk, what);
  }

  inHand(chunk: number): Arrived | null {
    return this.#inHand.get(chunk) ?? null;
  }

  /** It is right on the disk; returns what it was in memory. */
  settle(chunk: number): Arrived | null {
    if (this.#states[chunk] !== ASSIGNED) return null;
    this.#states[chunk] = SETTLED;
    this.#unsettled--;
    const what = this.#inHand.get(chunk) ?? null;
    this.#inHand.delete(chunk);
    const { frame, from = null, ms = 0 } = what ?? {};
    this.#done.push({ chunk, from, bytes: frame?.length ?? 0, ms });
    return what;
  }

  fail(chunk: number, from: string | null, why: FailureWhy): void {
    this.#failed.push({ chunk, from, why });
  }

  /** The server was started anew and knows of no assignment; what is under way is finished all the same. */
  forgetQueue(): void {
    for (const { chunk } of this.#queue.splice(0)) {
      this.#states[chunk] = WANTED;
      this.#unassigned++;
    }
  }

  /** Chunks assigned and not settled. */
  holding(): number[] {
    return [...this.#queue.map(({ chunk }) => chunk), ...this.#flying, ...this.#inHand.keys()].slice(
      0,
      MOST_TOLD,
    );
  }

  get untold(): boolean {
    return this.#done.length > 0 || this.#failed.length > 0;
  }

  /** What the server is to be told next; give it back with `untell` when it did not get there. */
  tell(): { done: Done[]; failed: Failure[] } {
    return { done: this.#done.splice(0, MOST_TOLD), failed: this.#failed.splice(0, MOST_TOLD) };
  }

  untell({ done, failed }: { readonly done: Done[]; readonly failed: Failure[] }): void {
    this.#done = [...done, ...this.#done];
    this.#failed = [...failed, ...this.#failed];
  }
}

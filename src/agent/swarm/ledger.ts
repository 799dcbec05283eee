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
  readonly inFlight: number;
  /** Chunks in memory that wait for the disk. */
  readonly inHand: number;
}

type Failure = ExchangeRequest['failed'][number];
type Done = ExchangeRequest['done'][number];

/** The most that one message carries. */
const MOST_TOLD = 1024;

/**
 * What has become of each chunk that was assigned: it waits, is being fetched, is in hand, or is on the disk, and
 * what the server has not been told of yet. Decides nothing but how much may be under way.
 */
export class Ledger {
  readonly #limits: LedgerLimits;
  /** Chunks that nobody has been asked for yet. */
  #unassigned: number;
  readonly #queue: Assignment[] = [];
  readonly #flying = new Set<number>();
  readonly #inHand = new Map<number, Arrived>();
  #done: Done[] = [];
  #failed: Failure[] = [];

  /** @param missing how many chunks the disk needs */
  constructor(missing: number, limits: LedgerLimits) {
    this.#unassigned = missing;
    this.#limits = limits;
  }

  /** How many more assignments are welcome so that `depth` of them are waiting or being fetched. */
  room(depth: number): number {
    return Math.max(0, Math.min(depth - this.#queue.length - this.#flying.size, this.#unassigned, 64));
  }

  assign(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      const { chunk } = assignment;
      if (this.#flying.has(chunk) || this.#inHand.has(chunk)) continue;
      if (this.#queue.some((one) => one.chunk === chunk)) continue;
      this.#queue.push(assignment);
      this.#unassigned--;
    }
  }

  /** The next chunk to fetch, when one more may be under way. */
  next(): Assignment | null {
    if (this.#flying.size >= this.#limits.inFlight || this.#inHand.size >= this.#limits.inHand) return null;
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
    this.#unassigned += this.#queue.length;
    this.#queue.length = 0;
  }

  /** Chunks assigned and not settled. */
  holding(): number[] {
    return [...this.#queue.map(({ chunk }) => chunk), ...this.#flying, ...this.#inHand.keys()].slice(0, MOST_TOLD);
  }

  get untold(): boolean {
    return this.#done.length > 0 || this.#failed.length > 0;
  }

  /** What the server is to be told next; give it back with `untell` when it did not get there. */
  tell(): { done: Done[]; failed: Failure[] } {
    const told = { done: this.#done.splice(0, MOST_TOLD), failed: this.#failed.splice(0, MOST_TOLD) };
    return told;
  }

  untell({ done, failed }: { readonly done: Done[]; readonly failed: Failure[] }): void {
    this.#done = [...done, ...this.#done];
    this.#failed = [...failed, ...this.#failed];
  }
}

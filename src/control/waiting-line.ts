import type { Clock } from '../clock.ts';

/** So long others may have to wait for those that are looked after in one go; milliseconds. */
const SLICE_MS = 5;

/** Somebody who waits for something that is not there yet. */
export interface Waiter {
  /** Nothing is tried before this time of the monotonic clock. */
  readonly from: number;
  /** At this time it gets an answer, whatever there is. */
  readonly until: number;
  /**
   * @param last it has to get an answer now
   * @param due when its turn would have come if nobody else had one
   * @returns whether it got its answer
   */
  readonly attempt: (last: boolean, due: number) => boolean;
}

/** Those that wait are not all tried at the same moment: the earliest after this part of the time. */
const EARLIEST = 0.5;

interface State {
  /** Whether it was tried since its time came. */
  tried: boolean;
  /** When it is tried next because something has changed; infinite: nothing has. */
  changeDue: number;
}

interface Turn {
  readonly waiter: Waiter;
  readonly due: number;
}

/**
 * Those that wait, the longest first. When something has changed each is tried again, after a while, so that many
 * changes cost one try; hundreds are spread over that while, and a round lets everything else of the server in between.
 */
export class WaitingLine {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: () => number;
  readonly #waiters = new Map<Waiter, State>();
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #next: NodeJS.Immediate | null = null;

  constructor(clock: Pick<Clock, 'monotonic'>, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** @param tried there is nothing for it at this moment */
  add(waiter: Waiter, tried: boolean): void {
    const state = { tried, changeDue: Number.POSITIVE_INFINITY };
    this.#waiters.set(waiter, state);
    this.#ringAt(dueOf(waiter, state));
  }

  /** It waits no longer; `attempt` is not called again. */
  delete(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** Something has changed: all are tried again within so many milliseconds, or sooner when that was said before. */
  wake(ms: number): void {
    const now = this.#clock.monotonic();
    let next = Number.POSITIVE_INFINITY;
    for (const [waiter, state] of this.#waiters) {
      if (state.changeDue === Number.POSITIVE_INFINITY || state.changeDue > now + ms)
        state.changeDue = now + ms * (EARLIEST + (1 - EARLIEST) * this.#random());
      next = Math.min(next, dueOf(waiter, state));
    }
    if (next < Number.POSITIVE_INFINITY) this.#ringAt(next);
  }

  /** Everybody gets an answer now. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#next !== null) clearImmediate(this.#next);
    this.#timer = null;
    this.#next = null;
    const left = [...this.#waiters.keys()];
    this.#waiters.clear();
    const now = this.#clock.monotonic();
    for (const { attempt } of left) attempt(true, now);
  }

  /** One timer for all of them: the earliest time at which there is something to do. */
  #ringAt(at: number): void {
    if (this.#next !== null || at >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    const ms = Math.max(0, Math.ceil(at - this.#clock.monotonic()));
    this.#timer = setTimeout(() => this.#round(), ms);
  }

  #round(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    const turns: Turn[] = [];
    for (const [waiter, state] of this.#waiters) {
      const due = dueOf(waiter, state);
      if (due <= now) turns.push({ waiter, due });
    }
    this.#slice(turns, 0);
  }

  #slice(turns: readonly Turn[], first: number): void {
    this.#next = null;
    const began = this.#clock.monotonic();
    for (const [i, { waiter, due }] of turns.entries()) {
      const state = this.#waiters.get(waiter);
      if (i < first || state === undefined) continue;
      if (i > first && this.#clock.monotonic() - began >= SLICE_MS) {
        this.#next = setImmediate(() => this.#slice(turns, i));
        return;
      }
      state.tried = true;
      state.changeDue = Number.POSITIVE_INFINITY;
      if (waiter.attempt(waiter.until <= began, due)) this.#waiters.delete(waiter);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const [waiter, state] of this.#waiters) next = Math.min(next, dueOf(waiter, state));
    if (next < Number.POSITIVE_INFINITY) this.#ringAt(next);
  }
}

function dueOf({ from, until }: Waiter, { tried, changeDue }: State): number {
  return Math.min(until, tried ? Math.max(from, changeDue) : from);
}

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

interface Turn {
  readonly waiter: Waiter;
  readonly due: number;
}

/**
 * Those that wait, the longest first. When something has changed each is tried again, after a while, so that many
 * changes cost one round; a round of hundreds lets everything else of the server in between.
 */
export class WaitingLine {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** And whether each was tried since its time came. */
  readonly #waiters = new Map<Waiter, boolean>();
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #next: NodeJS.Immediate | null = null;
  /** When those that wait are tried next because something has changed; infinite: nothing has. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** @param tried there is nothing for it at this moment */
  add(waiter: Waiter, tried: boolean): void {
    this.#waiters.set(waiter, tried);
    this.#ringAt(tried ? waiter.until : Math.min(waiter.from, waiter.until));
  }

  /** It waits no longer; `attempt` is not called again. */
  delete(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** Something has changed: all are tried again in so many milliseconds, or sooner when that was said before. */
  wake(ms: number): void {
    if (this.#waiters.size === 0) return;
    this.#dueAt = Math.min(this.#dueAt, this.#clock.monotonic() + ms);
    this.#ringAt(this.#dueAt);
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
    const changedAt = this.#dueAt;
    if (changedAt <= now) this.#dueAt = Number.POSITIVE_INFINITY;
    const turns: Turn[] = [];
    for (const [waiter, tried] of this.#waiters) {
      const { from, until } = waiter;
      const due = Math.min(until, tried ? Math.max(from, changedAt) : from);
      if (due <= now) turns.push({ waiter, due });
    }
    this.#slice(turns, 0);
  }

  #slice(turns: readonly Turn[], first: number): void {
    this.#next = null;
    const began = this.#clock.monotonic();
    for (const [i, { waiter, due }] of turns.entries()) {
      if (i < first || !this.#waiters.has(waiter)) continue;
      if (i > first && this.#clock.monotonic() - began >= SLICE_MS) {
        this.#next = setImmediate(() => this.#slice(turns, i));
        return;
      }
      if (waiter.attempt(waiter.until <= began, due)) this.#waiters.delete(waiter);
      else this.#waiters.set(waiter, true);
    }
    let next = this.#dueAt;
    for (const [waiter, tried] of this.#waiters) {
      next = Math.min(next, waiter.until, tried ? waiter.until : waiter.from);
    }
    if (next < Number.POSITIVE_INFINITY) this.#ringAt(next);
  }
}

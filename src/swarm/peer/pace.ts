import { type Clock, systemClock } from '../../clock.ts';

/** Bytes that move at once where there is a limit: at 40 Mbit/s such a slice in 13 ms. */
const MOST_SLICE_BYTES = 64 * 1024;
const LEAST_SLICE_BYTES = 4 * 1024;
/** On a slower line a slice is smaller: several readers in turn are not taken for silent. */
const SLICE_MS = 50;
/** Unused time is not saved up for longer than this; it makes up for timers that ring late. */
const SAVED_MS = 20;

/**
 * Keeps everything that shares it at a rate together: a bucket of 20 ms, and turns in the order of asking. It counts
 * the bytes that it is told of; what TCP, IP and Ethernet add (5 % and more) is not in it.
 */
export class Pace {
  readonly #clock: Clock;
  #bytesPerMs: number;
  /** When all that was let through until now is paid for. */
  #freeAt: number;

  /** @param bytesPerSecond null for no limit */
  constructor(bytesPerSecond: number | null, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#bytesPerMs = perMs(bytesPerSecond);
    this.#freeAt = clock.monotonic();
  }

  /** The same for what comes from now on. */
  setRate(bytesPerSecond: number | null): void {
    this.#bytesPerMs = perMs(bytesPerSecond);
    if (!this.limited) this.#freeAt = this.#clock.monotonic();
  }

  get limited(): boolean {
    return this.#bytesPerMs !== Number.POSITIVE_INFINITY;
  }

  /** How much is to move at once. */
  get sliceBytes(): number {
    const bytes = Math.floor(this.#bytesPerMs * SLICE_MS);
    return Math.max(LEAST_SLICE_BYTES, Math.min(MOST_SLICE_BYTES, bytes));
  }

  /** Waits until these bytes may be sent; rejects with the signal's reason. */
  async turn(bytes: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const now = this.#clock.monotonic();
    const at = this.#book(bytes, now);
    if (at > now) await this.#clock.delay(at - now, signal);
  }

  /** Counts bytes that came. @returns for how many ms nothing more should be taken */
  came(bytes: number): number {
    const now = this.#clock.monotonic();
    this.#book(bytes, now);
    return Math.max(0, this.#freeAt - now);
  }

  /** @returns when the bytes may move */
  #book(bytes: number, now: number): number {
    const at = Math.max(this.#freeAt, now - SAVED_MS);
    this.#freeAt = at + bytes / this.#bytesPerMs;
    return at;
  }
}

function perMs(bytesPerSecond: number | null): number {
  return bytesPerSecond === null ? Number.POSITIVE_INFINITY : bytesPerSecond / 1000;
}

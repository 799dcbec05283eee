import { type Clock, systemClock } from '../clock.ts';

/** Unused time is not saved up for longer than this: no burst after a pause. */
const SAVED_MS = 250;

/** Keeps work at a rate: each piece of it waits until what came before is paid for. */
export class Pace {
  readonly #bytesPerSecond: number;
  readonly #clock: Clock;
  #freeAt: number;

  /** @param bytesPerSecond Infinity for no limit */
  constructor(bytesPerSecond: number, clock: Clock = systemClock) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
    this.#freeAt = clock.monotonic();
  }

  /** Accounts for bytes that were moved, and waits as long as they take at the rate. */
  async spend(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    this.#freeAt = Math.max(this.#freeAt, now - SAVED_MS) + (bytes / this.#bytesPerSecond) * 1000;
    if (this.#freeAt > now) await this.#clock.delay(this.#freeAt - now, signal);
    else signal?.throwIfAborted();
  }
}

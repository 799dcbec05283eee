/** Time under load that makes a measurement; milliseconds. */
const SAMPLE_MS = 1000;

/** How many chunks per second come or go while there is something to do; idle time does not count. */
export class Meter {
  #under = 0;
  #movedAt = 0;
  #busyMs = 0;
  #chunks = 0;
  #rate: number | null = null;

  /** Chunks per second; null: nothing measured yet. */
  get rate(): number | null {
    return this.#rate;
  }

  begin(now: number): void {
    this.#move(now);
    this.#under++;
  }

  /** One of those that were begun is over, `chunks` says whether it came. */
  end(now: number, chunks: 0 | 1): void {
    this.#move(now);
    this.#under--;
    this.#chunks += chunks;
    if (this.#busyMs < SAMPLE_MS) return;
    const rate = (this.#chunks * 1000) / this.#busyMs;
    // A sample may be low because there was little to do; a higher one is no accident.
    this.#rate = this.#rate === null || rate > this.#rate ? rate : this.#rate + (rate - this.#rate) / 3;
    this.#busyMs = 0;
    this.#chunks = 0;
  }

  #move(now: number): void {
    if (this.#under > 0) this.#busyMs += now - this.#movedAt;
    this.#movedAt = now;
  }
}

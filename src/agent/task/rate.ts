/** How long back a speed looks: long enough to be calm, short enough to notice a change. */
const WINDOW_MS = 10_000;
/** Nothing is said before this much has been seen. */
const FIRST_MS = 1500;

/** Speed and time left of one phase from what was done when; it knows no clock of its own. */
export class RateEstimator {
  #samples: { atMs: number; doneBytes: number }[] = [];

  /** @param atMs a clock that never jumps */
  add(atMs: number, doneBytes: number): void {
    const last = this.#samples.at(-1);
    // Progress that goes back is another phase or a new start.
    if (last && doneBytes < last.doneBytes) this.#samples = [];
    this.#samples.push({ atMs, doneBytes });
    // The youngest sample older than the window stays: it is where the window begins.
    while ((this.#samples[1]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs - WINDOW_MS) this.#samples.shift();
  }

  reset(): void {
    this.#samples = [];
  }

  /** Bytes per second over the last ten seconds, 0 while it cannot be told. */
  get bytesPerSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < FIRST_MS) return 0;
    return ((last.doneBytes - first.doneBytes) * 1000) / (last.atMs - first.atMs);
  }

  /** Seconds until `totalBytes` are done at the present speed; null while it cannot be told. */
  secondsLeft(totalBytes: number): number | null {
    const last = this.#samples.at(-1);
    const speed = this.bytesPerSecond;
    if (!last || speed <= 0) return null;
    return Math.max(0, totalBytes - last.doneBytes) / speed;
  }
}

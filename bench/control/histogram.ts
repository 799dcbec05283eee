/** Steps of a millisecond that durations are counted in. */
const STEPS = 10;

/** How often each duration came; small enough to be sent from one process to another. */
export class Histogram {
  readonly #counts: Map<number, number>;

  constructor(counts: Iterable<readonly [number, number]> = []) {
    this.#counts = new Map(counts);
  }

  /** Of all of these together. */
  static sum(all: Iterable<Histogram>): Histogram {
    const sum = new Histogram();
    for (const one of all) for (const [step, count] of one.#counts) sum.#count(step, count);
    return sum;
  }

  add(ms: number): void {
    this.#count(Math.max(0, Math.round(ms * STEPS)), 1);
  }

  clear(): void {
    this.#counts.clear();
  }

  get size(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Milliseconds that this share of all were at most; 0 when there is none. */
  percentile(share: number): number {
    let left = this.size * share;
    for (const [step, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return step / STEPS;
    }
    return 0;
  }

  toJSON(): [number, number][] {
    return [...this.#counts];
  }

  #count(step: number, by: number): void {
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + by);
  }
}

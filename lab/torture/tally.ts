/** How a torture ended. */
export interface TortureResult {
  readonly passed: number;
  readonly failed: number;
  /** Counts, and what was broken. */
  readonly words: string;
}

/** Counts promises kept and broken. A broken one is remembered in words and ends nothing. */
export class Tally {
  readonly #name: string;
  readonly #broken: string[] = [];
  #passed = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get broken(): readonly string[] {
    return this.#broken;
  }

  /** @returns whether the promise was kept */
  check(kept: boolean, words: string): boolean {
    if (kept) this.#passed++;
    else this.#broken.push(words);
    return kept;
  }

  /** @param words what was done, with its counts */
  result(words: string): TortureResult {
    const broken = this.#broken.length === 0 ? '' : `; BROKEN: ${this.#broken.slice(0, 10).join('; ')}`;
    return {
      passed: this.#passed,
      failed: this.#broken.length,
      words: `${this.#name}: ${words}${broken}`,
    };
  }
}

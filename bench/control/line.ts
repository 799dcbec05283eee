/** Something that takes one thing after the other: a cable, a disk. It only counts time. */
export class Line {
  readonly #msEach: number;
  #freeAt = 0;

  /** @param msEach milliseconds that it takes for one thing */
  constructor(msEach: number) {
    this.#msEach = msEach;
  }

  /** @returns when one more thing will be through; both times in milliseconds of the same clock */
  through(now: number): number {
    this.#freeAt = Math.max(this.#freeAt, now) + this.#msEach;
    return this.#freeAt;
  }
}

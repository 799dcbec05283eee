import type { ByteRun } from '../image/index.ts';

/** Joins runs that are told in ascending order: one list entry for neighbours, however many are added. */
export class RunCollector {
  readonly #runs: ByteRun[] = [];
  #start = 0;
  #length = 0;

  /** @param start not before the end of what was added last */
  add(start: number, length: number): void {
    if (length <= 0) return;
    if (this.#length > 0 && start === this.#start + this.#length) {
      this.#length += length;
      return;
    }
    this.#flush();
    this.#start = start;
    this.#length = length;
  }

  /** All that was added; sorted and joined. */
  get runs(): ByteRun[] {
    this.#flush();
    return this.#runs;
  }

  #flush(): void {
    if (this.#length > 0) this.#runs.push({ start: this.#start, length: this.#length });
    this.#length = 0;
  }
}

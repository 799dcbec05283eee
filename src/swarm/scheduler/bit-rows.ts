import type { HostSet } from './host-set.ts';

/**
 * A bit for each chunk and host, a row for each chunk: who of a set of hosts has a chunk is the and of a few words,
 * however many chunks there are. 60,000 chunks and 500 hosts take 4 MB.
 */
export class BitRows {
  #stride = 1;
  #rows = 1024;
  #words = new Uint32Array(1024);
  #counts = new Uint16Array(1024);

  /** Makes room for so many rows and columns; what was there stays. */
  reserve(rows: number, columns: number): void {
    const stride = Math.max(this.#stride, Math.ceil(columns / 32));
    if (rows <= this.#rows && stride === this.#stride) return;
    const more = rows <= this.#rows ? this.#rows : Math.max(rows, this.#rows * 2);
    const words = new Uint32Array(more * stride);
    for (let row = 0; row < this.#rows; row++) {
      const from = row * this.#stride;
      words.set(this.#words.subarray(from, from + this.#stride), row * stride);
    }
    const counts = new Uint16Array(more);
    counts.set(this.#counts);
    this.#words = words;
    this.#counts = counts;
    this.#stride = stride;
    this.#rows = more;
  }

  has(row: number, column: number): boolean {
    return (((this.#words[row * this.#stride + (column >> 5)] ?? 0) >>> (column & 31)) & 1) === 1;
  }

  add(row: number, column: number): void {
    if (this.has(row, column)) return;
    const at = row * this.#stride + (column >> 5);
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (column & 31));
    this.#counts[row] = (this.#counts[row] ?? 0) + 1;
  }

  delete(row: number, column: number): void {
    if (!this.has(row, column)) return;
    const at = row * this.#stride + (column >> 5);
    this.#words[at] = (this.#words[at] ?? 0) & ~(1 << (column & 31));
    this.#counts[row] = (this.#counts[row] ?? 0) - 1;
  }

  /** How many hosts. */
  count(row: number): number {
    return this.#counts[row] ?? 0;
  }

  get stride(): number {
    return this.#stride;
  }

  /** 32 hosts of a row. */
  word(row: number, index: number): number {
    return this.#words[row * this.#stride + index] ?? 0;
  }

  /** Whether one of these hosts is in the row; with `within`, one that is in both sets. */
  meets(row: number, hosts: HostSet, within: HostSet | null = null): boolean {
    const from = row * this.#stride;
    for (let i = 0; i < this.#stride; i++) {
      const some = (this.#words[from + i] ?? 0) & hosts.word(i);
      if (some !== 0 && (within === null || (some & within.word(i)) !== 0)) return true;
    }
    return false;
  }
}

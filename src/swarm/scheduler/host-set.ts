/** Hosts by their columns, a bit each. */
export class HostSet {
  #words = new Uint32Array(1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(column: number): boolean {
    return (((this.#words[column >> 5] ?? 0) >>> (column & 31)) & 1) === 1;
  }

  add(column: number): void {
    if (this.has(column)) return;
    const index = column >> 5;
    if (index >= this.#words.length) {
      const words = new Uint32Array(index + 1);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[index] = (this.#words[index] ?? 0) | (1 << (column & 31));
    this.#size++;
  }

  delete(column: number): void {
    if (!this.has(column)) return;
    const index = column >> 5;
    this.#words[index] = (this.#words[index] ?? 0) & ~(1 << (column & 31));
    this.#size--;
  }

  put(column: number, inside: boolean): void {
    if (inside) this.add(column);
    else this.delete(column);
  }

  /** 32 columns; 0 beyond the last. */
  word(index: number): number {
    return this.#words[index] ?? 0;
  }
}

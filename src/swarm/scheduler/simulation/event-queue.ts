/** A heap of things that happen at a virtual time; those of one time happen in the order in which they were set. */
export class EventQueue {
  readonly #heap: { readonly at: number; readonly order: number; readonly act: () => void }[] = [];
  #order = 0;
  now = 0;

  /** In `ms` milliseconds from now. */
  after(ms: number, act: () => void): void {
    const event = { at: this.now + ms, order: this.#order++, act };
    let place = this.#heap.length;
    this.#heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above];
      if (other === undefined || !isBefore(event, other)) break;
      this.#heap[place] = other;
      place = above;
    }
    this.#heap[place] = event;
  }

  /** Lets the next thing happen; false when there is none. */
  step(): boolean {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return false;
    if (this.#heap.length > 0) this.#sink(last);
    this.now = first.at;
    first.act();
    return true;
  }

  #sink(event: { readonly at: number; readonly order: number; readonly act: () => void }): void {
    let place = 0;
    for (;;) {
      let below = place * 2 + 1;
      let other = this.#heap[below];
      if (other === undefined) break;
      const right = this.#heap[below + 1];
      if (right !== undefined && isBefore(right, other)) {
        below++;
        other = right;
      }
      if (!isBefore(other, event)) break;
      this.#heap[place] = other;
      place = below;
    }
    this.#heap[place] = event;
  }
}

function isBefore(a: { at: number; order: number }, b: { at: number; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/**
 * Makes what was written durable, once for all that wait at the same moment: whoever comes while the disk is busy
 * waits for the next time, which covers everything written before it began.
 */
export class SharedSync {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  /** @param sync resolves when all that was written before the call is on the disk */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /**
   * Resolves when everything written before this call is durable. After one failure it rejects for good: the kernel
   * reports a page that could not be written once, and calls it clean from then on.
   */
  wait(): Promise<void> {
    this.#next ??= this.#after(this.#running);
    return this.#next;
  }

  async #after(running: Promise<void> | null): Promise<void> {
    // Those of the same turn of the event loop come along.
    await (running ?? Promise.resolve());
    const begun = this.#next;
    this.#next = null;
    this.#running = begun;
    await this.#sync();
    if (this.#running === begun) this.#running = null;
  }
}

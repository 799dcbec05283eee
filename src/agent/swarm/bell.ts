/** Lets many wait for a change of the same thing. A ring before anybody waits is not lost: it ends the next wait. */
export class Bell {
  #rung = false;
  #waiting: (() => void) | null = null;
  #rings: Promise<void> | null = null;

  ring(): void {
    this.#rung = true;
    this.#waiting?.();
  }

  /** Resolves at the next ring, at once when there was one since the last wait; rejects when aborted. */
  async heard(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#rung) {
      this.#rings ??= new Promise((resolve) => {
        this.#waiting = resolve;
      });
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.race([this.#rings, aborted.promise]);
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    }
    this.#rung = false;
    this.#rings = null;
    this.#waiting = null;
  }
}

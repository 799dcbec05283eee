/** Gives its slot back; a second call does nothing. */
export type Release = () => void;

interface Waiting {
  readonly who: string;
  readonly go: (release: Release) => void;
}

/** So many uploads at a time; who comes later waits in the order of coming. */
export class UploadSlots {
  readonly #slots: number;
  readonly #mostWaiting: number;
  readonly #mostWaitingEach: number;
  #waiting: Waiting[] = [];
  #active = 0;

  constructor(limits: {
    readonly slots: number;
    readonly mostWaiting: number;
    readonly mostWaitingEach: number;
  }) {
    this.#slots = limits.slots;
    this.#mostWaiting = limits.mostWaiting;
    this.#mostWaitingEach = limits.mostWaitingEach;
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * @param who one asker may not fill the queue for all
   * @returns null when the queue is full
   * @throws the signal's reason when aborted before its turn
   */
  take(who: string, signal: AbortSignal): Promise<Release> | null {
    if (this.#active < this.#slots) return Promise.resolve(this.#occupy());
    if (this.#waiting.length >= this.#mostWaiting) return null;
    if (this.#waiting.filter((one) => one.who === who).length >= this.#mostWaitingEach) return null;
    return new Promise((resolve, reject) => {
      const one: Waiting = {
        who,
        go: (release) => {
          signal.removeEventListener('abort', onAbort);
          resolve(release);
        },
      };
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== one);
        reject(signal.reason);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(one);
    });
  }

  #occupy(): Release {
    let held = true;
    this.#active++;
    return () => {
      if (!held) return;
      held = false;
      this.#active--;
      const next = this.#waiting.shift();
      next?.go(this.#occupy());
    };
  }
}

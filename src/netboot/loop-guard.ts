/** What the guard says to one more request for a boot program. */
export type LoopVerdict =
  | 'go'
  /** This request is the one too many: answer no more, and tell the technician once. */
  | 'stop'
  /** Already stopped. */
  | 'stopped';

interface Asked {
  /** Start of the window, in ms. */
  since: number;
  /** Separate boots seen in the window: firmware repeats one boot's request with the same xid. */
  boots: number;
  lastXid: number;
  stopped: boolean;
}

/**
 * Breaks the loop of a machine that loads the boot program, never becomes iPXE, and starts again. Counts per
 * MAC how often it asked; one that asks more than `limit` times within `windowMs` is answered no more until
 * the window is over, so that its firmware goes on to its own disk. Pure: time is given with every call.
 */
export class LoopGuard {
  readonly limit: number;
  readonly windowMs: number;
  readonly capacity: number;
  readonly #asked = new Map<string, Asked>();

  /** @param options `limit` boots per `windowMs` and MAC; at most `capacity` MACs are remembered. */
  constructor(options: { limit?: number; windowMs?: number; capacity?: number } = {}) {
    this.limit = options.limit ?? 6;
    this.windowMs = options.windowMs ?? 10 * 60_000;
    this.capacity = options.capacity ?? 4096;
  }

  /** How many MACs are remembered now. */
  get size(): number {
    return this.#asked.size;
  }

  /** The machine asks for the boot program. */
  askedForProgram(mac: string, xid: number, now: number): LoopVerdict {
    const before = this.#asked.get(mac);
    if (before === undefined || now - before.since >= this.windowMs) {
      this.#remember(mac, { since: now, boots: 1, lastXid: xid, stopped: false });
      return 'go';
    }
    if (before.stopped) return 'stopped';
    if (before.lastXid !== xid) {
      before.boots += 1;
      before.lastXid = xid;
    }
    if (before.boots <= this.limit) return 'go';
    before.stopped = true;
    return 'stop';
  }

  /** The machine is iPXE now: it is no loop. */
  becameIpxe(mac: string): void {
    this.#asked.delete(mac);
  }

  /** The oldest goes when the table is full: a flood of invented MACs costs no memory. */
  #remember(mac: string, asked: Asked): void {
    this.#asked.delete(mac);
    if (this.#asked.size >= this.capacity) {
      const oldest = this.#asked.keys().next();
      if (!oldest.done) this.#asked.delete(oldest.value);
    }
    this.#asked.set(mac, asked);
  }
}

/** Each host adds so much to the time between two reports of every host: 300 of them come to 2,000 reports a second. */
const MS_PER_HOST = 0.5;
const LEAST_MS = 20;
const MOST_MS = 1000;
/** A thread that is busy for a larger part of its time lets everybody wait for long. */
const BUSY = 0.75;
const IDLE = 0.55;
const FASTER = 1 / 1.15;
const SLOWER = 1.35;
const MOST_STRAIN = 6;
/** Longer than this a host with little ahead does not wait for its answer: its line would be idle. */
const MOST_HOLD_MS = 250;

/**
 * How often hosts are to say something. The work of a server per chunk is the same however chunks are told of, that per
 * message is not: when its one thread is nearly always busy, messages become rarer and fuller.
 */
export class DeskPace {
  #strain = 1;

  /** @param busy the part of its time that the thread had something to do since the last call, 0 to 1 */
  note(busy: number): void {
    if (busy > BUSY) this.#strain = Math.min(MOST_STRAIN, this.#strain * SLOWER);
    else if (busy < IDLE) this.#strain = Math.max(1, this.#strain * FASTER);
  }

  /** Milliseconds between two reports of a host. */
  reportMs(hosts: number): number {
    return Math.min(MOST_MS, Math.max(LEAST_MS, hosts * MS_PER_HOST) * this.#strain);
  }

  /** Milliseconds from a host's last answer to its next, at least. */
  holdMs(hosts: number): number {
    return this.#strain === 1 ? 0 : Math.min(MOST_HOLD_MS, this.reportMs(hosts));
  }
}

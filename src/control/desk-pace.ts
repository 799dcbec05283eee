/** Each host adds so much to the time between two reports of every host: 300 of them come to 2,000 reports a second. */
const REPORT_MS_PER_HOST = 0.5;
const LEAST_REPORT_MS = 20;
const MOST_REPORT_MS = 1000;
/** Hosts that wait are looked at no oftener: 300 of them must not ask after each chunk of each other. */
const WAKE_MS_PER_HOST = 0.125;
const LEAST_WAKE_MS = 4;
const MOST_WAKE_MS = 60;
/** Longer than this a host does not wait for its answer for others' sake: its line would be idle. */
const MOST_HOLD_MS = 250;
/** A thread that is busy for a larger part of its time lets everybody wait for long. */
const BUSY = 0.7;
const IDLE = 0.5;
/** Looked at four times a second: there in a second and a half when a lab begins, and slowly back. */
const SLOWER = 1.25;
const FASTER = 1 / 1.05;
const MOST_STRAIN = 6;

/**
 * How often hosts are to say something. The work of a server per chunk is the same however chunks are told of, that per
 * message is not: when its one thread is nearly always busy, messages become rarer and fuller.
 */
export class DeskPace {
  #strain = 1;

  /** @param busy the part of the last quarter of a second in which the thread had something to do, 0 to 1 */
  note(busy: number): void {
    if (busy > BUSY) this.#strain = Math.min(MOST_STRAIN, this.#strain * SLOWER);
    else if (busy < IDLE) this.#strain = Math.max(1, this.#strain * FASTER);
  }

  /** Milliseconds between two reports of a host. */
  reportMs(hosts: number): number {
    const usual = Math.max(LEAST_REPORT_MS, hosts * REPORT_MS_PER_HOST) * this.#strain;
    // A question is a report as well: where answers are held back, reports beside them would only be more messages.
    return Math.min(MOST_REPORT_MS, Math.max(usual, 2 * this.holdMs(hosts)));
  }

  /** Milliseconds from a host's last answer to its next, at least. */
  holdMs(hosts: number): number {
    return this.#strain === 1 ? 0 : Math.min(MOST_HOLD_MS, hosts * REPORT_MS_PER_HOST * this.#strain);
  }

  /** Milliseconds from a change to the next look at those that wait for one. */
  wakeMs(hosts: number): number {
    const usual = Math.min(MOST_WAKE_MS, Math.max(LEAST_WAKE_MS, hosts * WAKE_MS_PER_HOST));
    return Math.min(MOST_HOLD_MS, usual * this.#strain);
  }
}

import type { Clock } from '../clock.ts';

/**
 * Milliseconds from one order to the next. A host that has its order says hello, fetches the index, joins its
 * neighbours, and asks for chunks: some 3 ms of the server's thread. A thread that is late with its timers is busy, and
 * slows the line down by itself.
 */
const GAP_MS = 5;

/** Those that get an order at the same moment: a lab that began all at once would make everybody wait for everybody. */
export class OrderLine {
  readonly #clock: Pick<Clock, 'delay'>;
  #free: Promise<void> = Promise.resolve();

  constructor(clock: Pick<Clock, 'delay'>) {
    this.#clock = clock;
  }

  /** Resolves when it is the caller's turn: at once when there was nobody lately. */
  turn(): Promise<void> {
    const turn = this.#free;
    this.#free = turn.then(() => this.#clock.delay(GAP_MS));
    return turn;
  }
}

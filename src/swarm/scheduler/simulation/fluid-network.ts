import type { EventQueue } from './event-queue.ts';

/** A direction of a cable. */
export interface Link {
  /** Bytes per millisecond. */
  readonly capacity: number;
  readonly flows: Set<Flow>;
  /** While shares are reckoned: what is not given yet, to how many, and whether it limits all of them. */
  left: number;
  open: number;
  least: boolean;
}

export interface Flow {
  readonly links: readonly Link[];
  left: number;
  rate: number;
  readonly onEnd: () => void;
}

/** Flows that begin and end within so many milliseconds change the rates of the others together. */
const QUANTUM_MS = 2;
const WHOLE = 1e-6;

export function newLink(bitsPerSecond: number): Link {
  return { capacity: bitsPerSecond / 8000, flows: new Set(), left: 0, open: 0, least: false };
}

/** Transfers over shared links, each at its max-min fair share, as long TCP transfers come to in the mean. */
export class FluidNetwork {
  readonly #events: EventQueue;
  readonly #flows = new Set<Flow>();
  #movedAt = 0;
  #due = false;
  #wake = 0;

  constructor(events: EventQueue) {
    this.#events = events;
  }

  start(links: readonly Link[], bytes: number, onEnd: () => void): Flow {
    const flow: Flow = { links, left: bytes, rate: 0, onEnd };
    this.#flows.add(flow);
    for (const link of links) link.flows.add(flow);
    this.#change();
    return flow;
  }

  /** Ends a flow before its time. */
  stop(flow: Flow): void {
    if (this.#remove(flow)) this.#change();
  }

  #remove(flow: Flow): boolean {
    for (const link of flow.links) link.flows.delete(flow);
    return this.#flows.delete(flow);
  }

  #change(): void {
    if (this.#due) return;
    this.#due = true;
    this.#events.after(QUANTUM_MS, () => {
      this.#due = false;
      this.#move();
      this.#share();
    });
  }

  /** Carries on to the present; flows whose bytes are over end. */
  #move(): void {
    const ms = this.#events.now - this.#movedAt;
    this.#movedAt = this.#events.now;
    const ended: Flow[] = [];
    for (const flow of this.#flows) {
      const bytes = Math.min(flow.left, flow.rate * ms);
      flow.left -= bytes;
      if (flow.left <= WHOLE) ended.push(flow);
    }
    for (const flow of ended) this.#remove(flow);
    for (const flow of ended) flow.onEnd();
  }

  /** Fills all links evenly: flows of the link that is full first get their share, and so on with what is left. */
  #share(): void {
    let open = [...this.#flows];
    for (const { links } of open) {
      for (const link of links) {
        link.left = link.capacity;
        link.open = link.flows.size;
      }
    }
    while (open.length > 0) {
      for (const { links } of open) for (const link of links) link.least = true;
      for (const flow of open) {
        let share = Number.POSITIVE_INFINITY;
        for (const link of flow.links) share = Math.min(share, link.left / link.open);
        for (const link of flow.links) if (link.left / link.open > share * (1 + WHOLE)) link.least = false;
        flow.rate = share;
      }
      const rest: Flow[] = [];
      const full: Flow[] = [];
      for (const flow of open) (flow.links.some(({ least }) => least) ? full : rest).push(flow);
      for (const { links, rate } of full) {
        for (const link of links) {
          link.left = Math.max(0, link.left - rate);
          link.open--;
        }
      }
      open = rest;
    }
    this.#plan();
  }

  #plan(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { left, rate } of this.#flows) if (rate > 0) next = Math.min(next, left / rate);
    if (next === Number.POSITIVE_INFINITY) return;
    const wake = ++this.#wake;
    this.#events.after(next, () => {
      if (wake !== this.#wake) return;
      this.#move();
      this.#change();
    });
  }
}

import type { EventQueue } from './event-queue.ts';

/** A direction of a cable. */
export interface Link {
  /** Bytes per millisecond. */
  readonly capacity: number;
  readonly flows: Set<Flow>;
  /** Bytes that went through it. */
  carried: number;
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
  return { capacity: bitsPerSecond / 8000, flows: new Set(), carried: 0 };
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
      for (const link of flow.links) link.carried += bytes;
      if (flow.left <= WHOLE) ended.push(flow);
    }
    for (const flow of ended) this.#remove(flow);
    for (const flow of ended) flow.onEnd();
  }

  /** Fills all links evenly: flows of the link that is full first get their share, and so on with what is left. */
  #share(): void {
    const open = new Map<Link, { left: number; count: number; least: boolean }>();
    let flows = [...this.#flows];
    for (const flow of flows) {
      for (const link of flow.links) {
        const entry = open.get(link);
        if (entry === undefined) open.set(link, { left: link.capacity, count: 1, least: true });
        else entry.count++;
      }
    }
    while (flows.length > 0) {
      for (const entry of open.values()) entry.least = true;
      const least = flows.map((flow) => {
        let share = Number.POSITIVE_INFINITY;
        for (const link of flow.links) {
          const entry = open.get(link);
          if (entry !== undefined) share = Math.min(share, entry.left / entry.count);
        }
        for (const link of flow.links) {
          const entry = open.get(link);
          if (entry !== undefined && entry.left / entry.count > share * (1 + WHOLE)) entry.least = false;
        }
        return share;
      });
      const rest: Flow[] = [];
      const fixed: Flow[] = [];
      for (const [i, flow] of flows.entries()) {
        if (flow.links.some((link) => open.get(link)?.least === true)) {
          flow.rate = least[i] ?? 0;
          fixed.push(flow);
        } else rest.push(flow);
      }
      for (const flow of fixed) {
        for (const link of flow.links) {
          const entry = open.get(link);
          if (entry === undefined) continue;
          entry.left = Math.max(0, entry.left - flow.rate);
          entry.count--;
        }
      }
      flows = rest;
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

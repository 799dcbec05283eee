import type { Scheduler } from '../scheduler.ts';
import type { Assignment, Done, Failed, Verdict } from '../types.ts';
import type { EventQueue } from './event-queue.ts';

const SILENCE_MS = 6500;
const WAKE_MS = 5;
const HELD_MS = 2000;
const TICK_MS = 1000;

interface Call {
  readonly done: readonly Done[];
  readonly failed: readonly Failed[];
  readonly room: number;
  readonly holding: readonly number[];
}

/** The server's side: it hands reports to the scheduler and holds calls until there is something to give. */
export class SimulatedDesk {
  readonly #events: EventQueue;
  readonly #scheduler: Scheduler;
  readonly #heard = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #waking = false;
  readonly verdicts: Verdict[] = [];
  /** Milliseconds that the scheduler really took. */
  spentMs = 0;

  constructor(events: EventQueue, scheduler: Scheduler) {
    this.#events = events;
    this.#scheduler = scheduler;
    this.#tick();
  }

  /** Reports come no oftener than this. */
  get paceMs(): number {
    return Math.max(20, Math.min(250, this.#heard.size * 0.5));
  }

  join(facts: Parameters<Scheduler['join']>[0]): void {
    this.#timed(() => this.#scheduler.join(facts, this.#events.now));
    this.#heard.set(facts.peer, this.#events.now);
    this.#wake();
  }

  call(id: string, { done, failed, room, holding }: Call, reply: (given: Assignment[]) => void): void {
    if (!this.#scheduler.has(id)) return;
    this.#heard.set(id, this.#events.now);
    this.#timed(() => this.#scheduler.report(id, { done, failed }, this.#events.now));
    this.#wake();
    if (room === 0) {
      reply([]);
      return;
    }
    this.#timed(() => this.#scheduler.reconcile(id, holding));
    const ask = (): void => {
      const given = this.#scheduler.has(id)
        ? this.#timed(() => this.#scheduler.take(id, room, this.#events.now))
        : [];
      if (given.length > 0) end(given);
    };
    const end = (given: Assignment[]): void => {
      if (this.#waiting.delete(ask)) reply(given);
    };
    this.#waiting.add(ask);
    ask();
    this.#events.after(HELD_MS, () => end([]));
  }

  #wake(): void {
    if (this.#waking) return;
    this.#waking = true;
    this.#events.after(WAKE_MS, () => {
      this.#waking = false;
      for (const ask of [...this.#waiting]) ask();
    });
  }

  #tick(): void {
    const { now } = this.#events;
    for (const [id, at] of this.#heard) {
      if (now - at <= SILENCE_MS) continue;
      this.#heard.delete(id);
      this.#timed(() => this.#scheduler.leave(id));
    }
    this.#timed(() => this.#scheduler.tick(now));
    this.verdicts.push(...this.#scheduler.verdicts());
    this.#wake();
    this.#events.after(TICK_MS, () => this.#tick());
  }

  #timed<T>(act: () => T): T {
    const from = performance.now();
    const result = act();
    this.spentMs += performance.now() - from;
    return result;
  }
}

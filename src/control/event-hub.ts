import type { Clock } from '../clock.ts';
import type { EventRepository, EventRow } from '../db/index.ts';

interface Happening<Kind extends string> {
  readonly kind: Kind;
  readonly level: 'info' | 'warning' | 'error';
  /** A sentence for a technician; the host's name is shown beside it. */
  readonly words: string;
  readonly hostId?: string | null;
  readonly taskId?: string | null;
}

/** Every change of state that anybody may want to see; the one typed event map of the server. */
export interface EventMap {
  /** Packets, files, boot scripts, hellos, names: what a host's timeline is made of. */
  host: Happening<
    'netboot' | 'boot-script' | 'hello' | 'question' | 'named' | 'conflict' | 'log' | 'neighbour'
  >;
  task: Happening<'ordered' | 'changed' | 'phase' | 'announced'>;
  deployment: Happening<'ordered' | 'cancelled' | 'finished'>;
  image: Happening<'committed' | 'damaged' | 'abandoned' | 'renamed' | 'deleted' | 'noted' | 'labelled'>;
  manifest: Happening<'read' | 'problem' | 'written' | 'unwritable'>;
  /** Garbage collected, chunks looked at. */
  store: Happening<'done' | 'damaged' | 'failed'>;
  server: Happening<'started' | 'stopped' | 'code' | 'claimed' | 'warning'>;
}

export type Topic = keyof EventMap;

/** Writes each event down and tells the subscribers, in order. */
export class EventHub {
  readonly #events: EventRepository;
  readonly #clock: Clock;
  readonly #listeners = new Set<(event: EventRow) => void>();
  #last: Promise<void> = Promise.resolve();

  constructor({ events, clock }: { events: EventRepository; clock: Clock }) {
    this.#events = events;
    this.#clock = clock;
  }

  /** Resolves when the event is written and told; the order of calls is the order of events. */
  publish<T extends Topic>(topic: T, happening: EventMap[T]): Promise<void> {
    const at = this.#clock.now();
    const told = this.#last.then(async () => {
      const row = await this.#events.append({
        at,
        topic,
        kind: happening.kind,
        level: happening.level,
        host_id: happening.hostId ?? null,
        task_id: happening.taskId ?? null,
        words: printable(happening.words),
      });
      for (const listener of this.#listeners) listener(row);
    });
    // One event that cannot be written must not silence those after it; its publisher still hears of it.
    this.#last = told.catch(() => undefined);
    return told;
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: (event: EventRow) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * Words hold what machines and files say of themselves, and end on terminals: control characters (with which
 * one can clear a screen or fake a line) and those that turn the direction of writing are made visible.
 */
function printable(words: string): string {
  return words.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

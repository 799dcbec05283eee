import { type Clock, systemClock } from '../../clock.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { type ConsoleState, firstState, type Scene } from './state.ts';
import type { Terminal } from './terminal.ts';
import { type View, viewOf } from './views.ts';

export interface HostConsoleOptions {
  readonly terminals: readonly Terminal[];
  /** Host and port of the server. */
  readonly server: string;
  /** What an unnamed machine is told by, its MAC. */
  readonly hint: string;
  readonly clock?: Clock;
}

/** An escape that nothing follows within this time is the key itself; sequences arrive at once, even at 9600 baud. */
const ESCAPE_MS = 60;
/** Even when nothing happens the screen is drawn now and then, in case something else wrote over it. */
const REDRAW_MS = 5000;

/** The host's consoles together: one state shown on all of them, keys taken from whichever is typed at. */
export class HostConsole {
  readonly #options: HostConsoleOptions;
  #state: ConsoleState;
  #views: View[] = [];
  #redraw: NodeJS.Timeout | null = null;
  #onKey: ((key: Key) => void) | null = null;

  constructor(options: HostConsoleOptions) {
    this.#options = options;
    this.#state = firstState(options.server, options.hint);
  }

  get state(): ConsoleState {
    return this.#state;
  }

  start(): void {
    this.#views = this.#options.terminals.map((one) => viewOf(one, this.#options.clock ?? systemClock));
    for (const terminal of this.#options.terminals) this.#listen(terminal);
    this.#redraw = setInterval(() => this.#show(), REDRAW_MS);
    this.#show();
  }

  /** Draws what is still to be drawn and gives the terminals back. */
  stop(): void {
    if (this.#redraw !== null) clearInterval(this.#redraw);
    for (const view of this.#views) view.stop();
    for (const terminal of this.#options.terminals) terminal.close();
    this.#views = [];
  }

  scene(scene: Scene): void {
    this.update({ scene });
  }

  update(change: Partial<ConsoleState>): void {
    this.#state = { ...this.#state, ...change };
    this.#show();
  }

  /** Who is told of keys from now on; the returned function ends it. */
  takeKeys(onKey: (key: Key) => void): () => void {
    this.#onKey = onKey;
    return () => {
      if (this.#onKey === onKey) this.#onKey = null;
    };
  }

  #show(): void {
    for (const view of this.#views) view.show(this.#state);
  }

  #listen(terminal: Terminal): void {
    const decoder = new KeyDecoder();
    let timer: NodeJS.Timeout | undefined;
    const pass = (keys: readonly Key[]): void => {
      for (const key of keys) this.#onKey?.(key);
    };
    terminal.input?.on('data', (bytes: Buffer | string) => {
      clearTimeout(timer);
      pass(decoder.push(Buffer.from(bytes)));
      timer = setTimeout(() => pass(decoder.flush()), ESCAPE_MS);
    });
    // A keyboard that goes away leaves the screen as it is.
    terminal.input?.on('error', () => terminal.input?.destroy());
  }
}

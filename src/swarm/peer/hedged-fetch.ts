import type { Clock } from '../../clock.ts';
import { FetchFault, type FetchFaultWhy } from './fetch-fault.ts';

/** One who may bring the chunk. */
export interface ChunkFrom<From> {
  readonly from: From;
  /**
   * @param moved to be called whenever bytes came, and with 0 once it is connected: who never called it when another
   *   one won is taken for unreachable, who did for silent
   */
  readonly fetch: (signal: AbortSignal, moved: (bytes: number) => void) => Promise<Buffer>;
}

export interface FailedSource<From> {
  readonly from: From;
  readonly why: FetchFaultWhy;
  /** What it threw; null when another one was faster after it had been silent. */
  readonly thrown: unknown;
}

export interface HedgedFrame<From> {
  readonly frame: Buffer;
  readonly from: From;
  /** From the first source asked to the last byte. */
  readonly ms: number;
  readonly failed: readonly FailedSource<From>[];
}

export interface HedgeOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** No byte from anybody for so long: the next one is asked as well. 750 ms, or three times what is usual here. */
  readonly silentMs: number;
  /**
   * The one that was asked last has not brought the whole for so long: the next one is asked as well, or a source that
   * sends a byte now and then keeps a host for days. Asked for again and again: what is usual shows meanwhile.
   */
  readonly slowMs: () => number;
}

/** Nobody brought the chunk. */
export class AllFailed<From> extends Error {
  readonly failed: readonly FailedSource<From>[];

  /** The cause is what the last source threw: the server, as a rule. */
  constructor(failed: readonly FailedSource<From>[]) {
    const words = failed.map(({ why, thrown }) => (thrown instanceof Error ? thrown.message : why));
    super(`nobody brought the chunk: ${words.join('; ')}`, { cause: failed.at(-1)?.thrown });
    this.name = 'AllFailed';
    this.failed = failed;
  }
}

/**
 * Fetches a chunk from the first source that brings it whole. The next source is asked as well when no byte came from
 * anybody for `silentMs`, when it takes longer than `slowMs`, and at once when one fails and nobody else is bringing
 * bytes. The losers are aborted.
 *
 * @param sources in the order of asking, at least one
 * @throws AllFailed; the signal's reason
 */
export async function hedgedFetch<From>(
  sources: readonly ChunkFrom<From>[],
  options: HedgeOptions,
): Promise<HedgedFrame<From>> {
  options.signal.throwIfAborted();
  const race = new Race(sources, options);
  try {
    return await race.run();
  } finally {
    race.stop();
  }
}

interface Runner<From> {
  readonly from: From;
  moved: boolean;
  silent: boolean;
  /** Bytes come, and too few. */
  slow: boolean;
}

class Race<From> {
  readonly #sources: readonly ChunkFrom<From>[];
  readonly #options: HedgeOptions;
  readonly #stop = new AbortController();
  readonly #result = Promise.withResolvers<HedgedFrame<From>>();
  readonly #running = new Set<Runner<From>>();
  readonly #failed: FailedSource<From>[] = [];
  readonly #began: number;
  #started = 0;
  #startedAt: number;
  #movedAt: number;

  constructor(sources: readonly ChunkFrom<From>[], options: HedgeOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#began = options.clock.monotonic();
    this.#startedAt = this.#began;
    this.#movedAt = this.#began;
  }

  async run(): Promise<HedgedFrame<From>> {
    const { signal } = this.#options;
    const onAbort = (): void => this.#result.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#startNext();
    void this.#watch();
    try {
      return await this.#result.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  stop(): void {
    this.#stop.abort(new Error('another source was faster'));
  }

  /** Asks the next one whenever nothing moves for too long, or all are too slow, as long as there is one. */
  async #watch(): Promise<void> {
    const { clock, silentMs, slowMs } = this.#options;
    try {
      while (this.#started < this.#sources.length) {
        const now = clock.monotonic();
        const silentIn = this.#movedAt + silentMs - now;
        const slowIn = this.#startedAt + slowMs() - now;
        if (silentIn <= 0) this.#hedge('silent');
        else if (slowIn <= 0) this.#hedge('slow');
        else await clock.delay(Math.min(silentIn, slowIn), this.#stop.signal);
      }
    } catch {
      // The race is over.
    }
  }

  #hedge(why: 'silent' | 'slow'): void {
    for (const runner of this.#running) runner[why] = true;
    this.#startNext();
  }

  #startNext(): void {
    const source = this.#sources[this.#started++];
    if (source === undefined) return;
    this.#startedAt = this.#options.clock.monotonic();
    this.#movedAt = this.#startedAt;
    const runner: Runner<From> = { from: source.from, moved: false, silent: false, slow: false };
    this.#running.add(runner);
    const moved = (bytes: number): void => {
      runner.moved = true;
      if (bytes === 0) return;
      runner.silent = false;
      this.#movedAt = this.#options.clock.monotonic();
    };
    source.fetch(this.#stop.signal, moved).then(
      (frame) => this.#won(runner, frame),
      (thrown: unknown) => this.#lost(runner, thrown),
    );
  }

  #won(runner: Runner<From>, frame: Buffer): void {
    if (this.#stop.signal.aborted) return;
    for (const { from, moved, silent, slow } of this.#running) {
      if ((silent || slow) && from !== runner.from)
        this.#failed.push({ from, why: moved ? 'silent' : 'unreachable', thrown: null });
    }
    const ms = this.#options.clock.monotonic() - this.#began;
    this.#result.resolve({ frame, from: runner.from, ms, failed: this.#failed });
    this.stop();
  }

  #lost(runner: Runner<From>, thrown: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#running.delete(runner);
    const why = thrown instanceof FetchFault ? thrown.why : 'unreachable';
    this.#failed.push({ from: runner.from, why, thrown });
    const allSilent = [...this.#running].every(({ silent, slow }) => silent || slow);
    if (this.#started < this.#sources.length) {
      if (allSilent) this.#startNext();
    } else if (this.#running.size === 0) {
      this.#result.reject(new AllFailed(this.#failed));
    }
  }
}

import type { Clock } from '../clock.ts';
import { MimeoError, toMimeoError } from '../errors.ts';
import type { EventHub } from './event-hub.ts';
import { newId } from './random.ts';
import { ITSELF, isOpen, type StoreJob, sameWish, workWords } from './store-job.ts';
import { doStoreWork, type StoreOutcome, type StoreWish, type WorkedStore } from './store-work.ts';

/** Chunks that no image uses are kept this long, since an interrupted capture may go on; then a day in quarantine. */
const GRACE_MS = 24 * 3_600_000;
/** Jobs that have ended and can still be asked for. */
const REMEMBERED = 20;

interface Entry {
  job: StoreJob;
  readonly stop: AbortController;
}

/** Why a job stopped that did not end. */
class Stopped extends Error {
  readonly again: boolean;

  /** @param again whether it waits for its next turn */
  constructor(again: boolean) {
    super('stopped');
    this.again = again;
  }
}

/**
 * What is done to the whole store, one thing after the other: collecting garbage, scrubbing, verifying an image. Asked
 * for twice, a job is done once. What the server does by itself makes way for what a person asks for.
 */
export class StoreJobs {
  readonly #store: WorkedStore;
  readonly #hub: Pick<EventHub, 'publish'>;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #onDone: (wish: StoreWish, outcome: StoreOutcome, at: number) => Promise<void>;
  #entries: Entry[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(ports: {
    store: WorkedStore;
    hub: Pick<EventHub, 'publish'>;
    clock: Clock;
    /** Told of every job that came to its end. */
    onDone: (wish: StoreWish, outcome: StoreOutcome, at: number) => Promise<void>;
    onFault: (error: unknown) => void;
  }) {
    this.#store = ports.store;
    this.#hub = ports.hub;
    this.#clock = ports.clock;
    this.#onFault = ports.onFault;
    this.#onDone = ports.onDone;
  }

  /** Ends the running job and those that wait; what they found so far is lost. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { job } of this.#entries) if (isOpen(job)) this.cancel(job.id);
    await this.#running;
  }

  /** Asks for a job; the one that is open already when it is the same. */
  request(wish: StoreWish, by: string): StoreJob {
    const same = this.#entries.find(({ job }) => isOpen(job) && sameWish(job.wish, wish));
    if (same !== undefined) return same.job;
    const job: StoreJob = {
      id: newId('j'),
      wish,
      by,
      status: 'waiting',
      createdAt: this.#clock.now(),
      startedAt: null,
      endedAt: null,
      progress: null,
      outcome: null,
      failure: null,
    };
    const ended = this.#entries.filter((entry) => !isOpen(entry.job)).slice(-REMEMBERED);
    const open = this.#entries.filter((entry) => isOpen(entry.job));
    this.#entries = [...ended, ...open, { job, stop: new AbortController() }];
    if (by !== ITSELF) {
      const running = open.find((entry) => entry.job.status === 'running' && entry.job.by === ITSELF);
      running?.stop.abort(new Stopped(true));
    }
    this.#go();
    return job;
  }

  /** Newest last: those that are open, and the last ones that have ended. */
  list(): readonly StoreJob[] {
    return this.#entries.map(({ job }) => job);
  }

  /** @throws MimeoError `job-missing` */
  get(id: string): StoreJob {
    return this.#entry(id).job;
  }

  /** Stops a job; one that has ended is left as it ended. */
  cancel(id: string): StoreJob {
    const entry = this.#entry(id);
    if (entry.job.status === 'waiting') this.#end(entry, { status: 'cancelled' });
    else entry.stop.abort(new Stopped(false));
    return entry.job;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.find(({ job }) => job.id === id);
    if (entry === undefined) throw new MimeoError('job-missing', `There is no job ${id} of the store.`);
    return entry;
  }

  #go(): void {
    if (this.#running !== null || this.#stopped) return;
    const entry = this.#next();
    if (entry === undefined) return;
    this.#running = this.#run(entry)
      .catch(this.#onFault)
      .finally(() => {
        this.#running = null;
        this.#go();
      });
  }

  /** What people ask for comes before what the server does by itself. */
  #next(): Entry | undefined {
    const waiting = this.#entries.filter(({ job }) => job.status === 'waiting');
    return waiting.find(({ job }) => job.by !== ITSELF) ?? waiting[0];
  }

  async #run(entry: Entry): Promise<void> {
    entry.job = { ...entry.job, status: 'running', startedAt: this.#clock.now() };
    const { wish } = entry.job;
    try {
      const outcome = await doStoreWork(this.#store, wish, {
        signal: entry.stop.signal,
        graceMs: GRACE_MS,
        onProgress: (progress) => {
          entry.job = { ...entry.job, progress };
        },
      });
      await this.#onDone(wish, outcome, this.#clock.now());
      this.#end(entry, { status: 'done', outcome });
      await this.#tell(entry.job, outcome);
    } catch (error) {
      const { aborted, reason } = entry.stop.signal;
      if (aborted && reason instanceof Stopped) {
        this.#stop(entry, reason);
        return;
      }
      const { code, message, next } = toMimeoError(error);
      this.#end(entry, { status: 'failed', failure: { code, message, next } });
      const words = `${workWords(wish)} failed: ${message}`;
      await this.#hub.publish('store', { kind: 'failed', level: 'warning', words });
    }
  }

  #stop(entry: Entry, { again }: Stopped): void {
    if (!again) {
      this.#end(entry, { status: 'cancelled' });
      return;
    }
    const waiting: StoreJob = { ...entry.job, status: 'waiting', startedAt: null, progress: null };
    this.#entries = this.#entries.map((one) =>
      one === entry ? { job: waiting, stop: new AbortController() } : one,
    );
  }

  #end(entry: Entry, change: Partial<StoreJob>): void {
    entry.job = { ...entry.job, ...change, endedAt: this.#clock.now() };
  }

  async #tell({ wish, by }: StoreJob, { words, sound, garbage }: StoreOutcome): Promise<void> {
    if (wish.kind === 'gc' && wish.dryRun) return;
    // Once a day there is usually nothing to sweep, which is not worth a line.
    if (
      garbage !== null &&
      by === ITSELF &&
      garbage.chunks + garbage.quarantined.chunks + garbage.restored === 0
    )
      return;
    await this.#hub.publish('store', {
      kind: sound ? 'done' : 'damaged',
      level: sound ? 'info' : 'error',
      words: `${workWords(wish)}: ${words}`,
    });
  }
}

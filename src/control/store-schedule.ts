import type { Clock } from '../clock.ts';
import type { SettingsRepository } from '../db/index.ts';
import { ITSELF } from './store-job.ts';
import type { StoreJobs } from './store-jobs.ts';

const DAY_MS = 24 * 3_600_000;
/** Every chunk is looked at once a week. */
const SCRUB_EVERY_MS = 7 * DAY_MS;
/** Leaves a hard disk most of its time for the hosts: 1 TB takes 14 hours. */
const SCRUB_RATE = 20_000_000;
/** How often it is looked whether something is due. */
const TICK_MS = 60_000;
/** Where the moment of the last whole scrub is kept. */
const SCRUBBED_AT = 'store.scrubbed-at';

/** What the server does for its store by itself: garbage at the start and once a day, a scrub once a week. */
export class StoreSchedule {
  readonly #jobs: Pick<StoreJobs, 'request'>;
  readonly #settings: SettingsRepository;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(ports: {
    jobs: Pick<StoreJobs, 'request'>;
    settings: SettingsRepository;
    clock: Clock;
    onFault: (error: unknown) => void;
  }) {
    this.#jobs = ports.jobs;
    this.#settings = ports.settings;
    this.#clock = ports.clock;
    this.#onFault = ports.onFault;
  }

  async start(): Promise<void> {
    await this.due();
    this.#timer = setInterval(() => void this.due().catch(this.#onFault), TICK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Orders what is due; called by the schedule's own timer. */
  async due(): Promise<void> {
    const at = this.#clock.now();
    if (at - this.#sweptAt >= DAY_MS) {
      this.#sweptAt = at;
      this.#jobs.request({ kind: 'gc', dryRun: false, now: false }, ITSELF);
    }
    const scrubbedAt = await this.scrubbedAt();
    // A new store has nothing old in it.
    if (scrubbedAt === null) await this.noteScrubbed(at);
    else if (at - scrubbedAt >= SCRUB_EVERY_MS) {
      this.#jobs.request({ kind: 'scrub', bytesPerSecond: SCRUB_RATE }, ITSELF);
    }
  }

  /** When every chunk was last looked at, or the store began; null before the first start. */
  async scrubbedAt(): Promise<number | null> {
    const text = await this.#settings.get(SCRUBBED_AT);
    return text === null ? null : Number(text);
  }

  async noteScrubbed(at: number): Promise<void> {
    await this.#settings.set(SCRUBBED_AT, String(at));
  }
}

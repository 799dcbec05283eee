import type { Clock } from '../../clock.ts';
import type { Progress } from '../../protocol/index.ts';
import type { ServerLink } from '../server-link/server-link.ts';

export interface TaskReporterOptions {
  readonly link: Pick<ServerLink, 'report'>;
  readonly taskId: string;
  readonly clock: Clock;
  readonly latest: () => Progress;
  /** The server wants the task to stop. */
  readonly onCancel: () => void;
  /** The server will not hear of this task any more. */
  readonly onRefused: (thrown: unknown) => void;
}

/** A little more than once a second, so that a slow reply still makes one report per second. */
const EVERY_MS = 800;
const MOST_LINES = 200;

/** Tells the server how a task is getting on, from `start` to `stop`. */
export class TaskReporter {
  readonly #options: TaskReporterOptions;
  readonly #stopped = new AbortController();
  #lines: string[] = [];
  #running: Promise<void> | null = null;

  constructor(options: TaskReporterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run().catch((thrown: unknown) => {
      if (!this.#stopped.signal.aborted) this.#options.onRefused(thrown);
    });
  }

  /** No report is under way once this has resolved. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** A line of the task's log for the server. */
  log(line: string): void {
    this.#lines.push(line.slice(0, 2000));
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }

  /** Sends what is still in the log; for the end of a task, after `stop`. */
  async flushLog(signal: AbortSignal): Promise<void> {
    if (this.#lines.length === 0) return;
    const lines = this.#lines;
    this.#lines = [];
    try {
      await this.#options.link.report(this.#options.taskId, { kind: 'log', lines }, signal);
    } catch (thrown) {
      // Cut off while the server was away: told twice is better than not at all.
      this.#lines = [...lines, ...this.#lines].slice(-MOST_LINES);
      throw thrown;
    }
  }

  async #run(): Promise<void> {
    const { link, taskId, clock, latest, onCancel } = this.#options;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.flushLog(signal);
      const { cancel } = await link.report(taskId, { kind: 'progress', progress: latest() }, signal);
      if (cancel) onCancel();
      await clock.delay(EVERY_MS, signal);
    }
  }
}

import { formatSize, formatSpeed, percentOf } from '../format/quantity.ts';
import { formatDuration } from '../format/time.ts';
import { joined, type Session } from '../session.ts';
import { LiveBlock } from './live-block.ts';

/** How far a piece of work of this process is, or a job of the server. */
export interface WorkProgress {
  readonly phase: string;
  readonly doneBytes: number;
  /** 0 when nobody can say. */
  readonly totalBytes: number;
}

/** Elsewhere than on a terminal a line is worth this much of the way. */
const STEP_PERCENT = 10;
/** The rate is that of the last seconds. */
const WINDOW_MS = 10_000;
/** Whoever tells of every chunk is drawn, and remembered, no more often than this. */
const DRAW_MS = 100;

/**
 * Tells of work on standard error: one line redrawn on a terminal, a line for each tenth of the way elsewhere, JSON
 * lines under `--json`.
 */
export class WorkLine {
  readonly #session: Session;
  readonly #block: LiveBlock;
  #told = '';
  #samples: { at: number; bytes: number }[] = [];
  #phase = '';
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(session: Session) {
    this.#session = session;
    this.#block = new LiveBlock((text) => session.terminal.err(text), session.terminal.rows);
  }

  tell(progress: WorkProgress): void {
    const { terminal, json } = this.#session;
    const percent = percentOf(progress.doneBytes, progress.totalBytes);
    const begins = progress.phase !== this.#phase;
    const rate = this.#rate(progress);
    if (!json && terminal.errorsAreTty) {
      const at = this.#session.now();
      if (!begins && percent !== 100 && at - this.#drawnAt < DRAW_MS) return;
      this.#drawnAt = at;
      this.#block.draw([this.#words(progress, percent, rate)]);
      return;
    }
    const step = percent === null ? '' : String(Math.floor(percent / STEP_PERCENT) * STEP_PERCENT);
    const key = `${progress.phase} ${step}`;
    if (key === this.#told) return;
    this.#told = key;
    terminal.err(
      joined([
        json
          ? JSON.stringify({ progress: { ...progress, percent, bytesPerSecond: rate } })
          : this.#words(progress, percent, rate),
      ]),
    );
  }

  #words(
    { phase, doneBytes, totalBytes }: WorkProgress,
    percent: number | null,
    rate: number | null,
  ): string {
    const left =
      rate === null || rate === 0 || doneBytes >= totalBytes ? null : (totalBytes - doneBytes) / rate;
    return [
      phase,
      ...(percent === null ? [] : [`${percent} %`]),
      `${formatSize(doneBytes)}${totalBytes > 0 ? ` of ${formatSize(totalBytes)}` : ''}`,
      ...(rate === null ? [] : [formatSpeed(rate)]),
      ...(left === null ? [] : [`${formatDuration(left)} left`]),
    ].join('  ');
  }

  /** Bytes per second; null while it cannot be told. */
  #rate({ phase, doneBytes }: WorkProgress): number | null {
    const at = this.#session.now();
    if (phase !== this.#phase) this.#samples = [];
    this.#phase = phase;
    if (at - (this.#samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= DRAW_MS) {
      const recent = this.#samples.filter((sample) => at - sample.at < WINDOW_MS);
      this.#samples = [...recent, { at, bytes: doneBytes }];
    }
    const [first] = this.#samples;
    if (first === undefined || at - first.at < 500) return null;
    return Math.max(0, Math.round(((doneBytes - first.bytes) * 1000) / (at - first.at)));
  }
}

import type { TransferProgress } from './ports.ts';

/** Reports come no closer together than this. */
const INTERVAL_MS = 200;

/** Counts a pipeline's work and tells it, often enough for a screen and no oftener. */
export class ProgressMeter {
  networkBytes = 0;
  reusedBytes = 0;
  readonly #tell: (progress: TransferProgress) => void;
  #phase: TransferProgress['phase'] = 'surveying';
  #done = 0;
  #total = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(tell: ((progress: TransferProgress) => void) | undefined) {
    this.#tell = tell ?? (() => undefined);
  }

  /** Starts a phase; its first report comes at once. */
  begin(phase: TransferProgress['phase'], totalBytes: number): void {
    this.#phase = phase;
    this.#done = 0;
    this.#total = totalBytes;
    this.#report();
  }

  /** Counts used bytes of the phase as done; the report that ends a phase is never left out. */
  advance(bytes: number): void {
    this.#done += bytes;
    this.#total = Math.max(this.#total, this.#done);
    if (this.#done >= this.#total || performance.now() - this.#toldAt >= INTERVAL_MS) this.#report();
  }

  /** Ends a phase whose total was only a guess: what is done is all there is. */
  end(): void {
    if (this.#done === this.#total) return;
    this.#total = this.#done;
    this.#report();
  }

  #report(): void {
    this.#toldAt = performance.now();
    this.#tell({
      phase: this.#phase,
      doneBytes: this.#done,
      totalBytes: this.#total,
      networkBytes: this.networkBytes,
      reusedBytes: this.reusedBytes,
    });
  }
}

import type { Phase, Progress } from '../../protocol/index.ts';
import type { TransferProgress } from '../../transfer/index.ts';
import { RateEstimator } from './rate.ts';

/** Makes of what a pipeline counts what people want to know: adds speed and time left. */
export class ProgressMeter {
  readonly #rate = new RateEstimator();
  #phase: Phase = 'preparing';
  /** Bytes per second of the last survey: the disk's reading speed, which tells how long verifying will take. */
  #readSpeed: number | null = null;
  #latest: Progress = stepProgress('preparing');

  get latest(): Progress {
    return this.#latest;
  }

  /** A phase without bytes to count. */
  step(phase: Phase): Progress {
    this.#enter(phase);
    const { networkBytes, reusedBytes } = this.#latest;
    this.#latest = { ...stepProgress(phase), networkBytes, reusedBytes };
    return this.#latest;
  }

  /** @param atMs a clock that never jumps */
  transfer(progress: TransferProgress, atMs: number): Progress {
    this.#enter(progress.phase);
    this.#rate.add(atMs, progress.doneBytes);
    const bytesPerSecond = this.#rate.bytesPerSecond;
    if (progress.phase === 'surveying' && bytesPerSecond > 0) this.#readSpeed = bytesPerSecond;
    this.#latest = { ...progress, bytesPerSecond, secondsLeft: this.#secondsLeft(progress) };
    return this.#latest;
  }

  #enter(phase: Phase): void {
    if (phase !== this.#phase) this.#rate.reset();
    this.#phase = phase;
  }

  /** Until the end of the task: after writing, everything is read once more. What a survey leads to is unknown. */
  #secondsLeft({ phase, totalBytes }: TransferProgress): number | null {
    const left = this.#rate.secondsLeft(totalBytes);
    if (left === null || phase === 'surveying') return null;
    if (phase !== 'writing') return left;
    return left + totalBytes / (this.#readSpeed ?? this.#rate.bytesPerSecond);
  }
}

function stepProgress(phase: Phase): Progress {
  return {
    phase,
    doneBytes: 0,
    totalBytes: 0,
    networkBytes: 0,
    reusedBytes: 0,
    bytesPerSecond: 0,
    secondsLeft: null,
  };
}

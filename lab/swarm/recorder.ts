import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** A value and when it was read, in milliseconds that never jump. */
export interface Reading<T> {
  readonly at: number;
  readonly value: T;
}

const EVERY_MS = 50;

/** Reads something again and again beside what a test does. */
export class Recorder<T> {
  readonly #readings: Reading<T>[] = [];
  readonly #loop: Promise<void>;
  #stopped = false;

  constructor(read: () => Promise<T>) {
    this.#loop = this.#run(read);
  }

  /** @returns all readings, the first and the last of them just when it was told to start and to stop */
  async stop(): Promise<readonly Reading<T>[]> {
    this.#stopped = true;
    await this.#loop;
    return this.#readings;
  }

  async #run(read: () => Promise<T>): Promise<void> {
    for (let last = false; !last; ) {
      last = this.#stopped;
      const value = await read();
      this.#readings.push({ at: performance.now(), value });
      if (!last) await wait(EVERY_MS);
    }
  }
}

/** The highest speed of a counter over any `windowMs`, in its unit per second. */
export function fastest(readings: readonly Reading<number>[], windowMs: number): number {
  let most = 0;
  let end = 0;
  for (const begin of readings) {
    while (end < readings.length && (readings[end]?.at ?? 0) - begin.at < windowMs) end++;
    const last = readings[end];
    if (last === undefined) break;
    most = Math.max(most, ((last.value - begin.value) * 1000) / (last.at - begin.at));
  }
  return most;
}

/** The longest time in which a counter stood still, in ms. */
export function longestStill(readings: readonly Reading<number>[]): number {
  let longest = 0;
  let [moved] = readings;
  for (const reading of readings) {
    if (moved === undefined || reading.value !== moved.value) moved = reading;
    longest = Math.max(longest, reading.at - moved.at);
  }
  return longest;
}

/** Bytes that a process's machine has sent into its cable so far, and received; everything on the wire counts. */
export async function cableBytes(pid: number, nic = 'eth0'): Promise<{ sent: number; received: number }> {
  const text = await readFile(`/proc/${pid}/net/dev`, 'latin1');
  const line = text.split('\n').find((one) => one.trimStart().startsWith(`${nic}:`)) ?? '';
  const fields = line
    .slice(line.indexOf(':') + 1)
    .trim()
    .split(/\s+/)
    .map(Number);
  return { received: fields[0] ?? Number.NaN, sent: fields[8] ?? Number.NaN };
}

import type { Clock } from '../../clock.ts';
import { MimeoError } from '../../errors.ts';

/** Told while the server does not answer, and with null once it does again or nobody asks any more. */
export type OnTrouble = (trouble: { seconds: number; words: string } | null) => void;

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onTrouble: OnTrouble;
  /** Between 0 and 1; spreads a room's machines over time. */
  readonly random: () => number;
}

const FIRST_MS = 250;
const LONGEST_MS = 5000;

/** Milliseconds before try number `attempt` (from 1): doubles up to five seconds, less up to half at random. */
function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (1 - random / 2));
}

/**
 * Repeats a call for as long as the server cannot be reached: its restart must not end a deployment. What it answered
 * is thrown at once, also what may pass one day (a full disk): somebody has to see to that.
 */
export async function withRetry<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, onTrouble, random } = options;
  let since: number | null = null;
  let told = false;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (thrown) {
        signal.throwIfAborted();
        if (!(thrown instanceof MimeoError) || thrown.code !== 'server-unreachable') throw thrown;
        since ??= clock.monotonic();
        // A single failure is a kept-alive connection that the server had just closed; nobody needs to know.
        if (attempt > 1) {
          told = true;
          onTrouble({ seconds: Math.round((clock.monotonic() - since) / 1000), words: thrown.message });
        }
        await clock.delay(backoffMs(attempt, random()), signal);
      }
    }
  } finally {
    // Also when it was given up: nobody else would take back what was told here.
    if (told) onTrouble(null);
  }
}

import type { Peer } from './peer.ts';

const SAMPLE_MS = 2000;
/** A host that has less than this to do is not slow, it waits. */
const BUSY = 3;
const SLOW = 0.3;
const WELL_AGAIN = 0.5;

/** Counts chunks that have come; call it before they leave `open`. */
export function countDone(peer: Peer, chunks: number, now: number): void {
  const { pace } = peer;
  if (peer.open.size < BUSY) {
    pace.since = now;
    pace.done = 0;
    return;
  }
  pace.done += chunks;
  const ms = now - pace.since;
  if (ms < SAMPLE_MS) return;
  pace.rate = (pace.done * 1000) / ms;
  pace.since = now;
  pace.done = 0;
}

/** The rate that half of those hosts reach whose rate is known; null when none is. */
export function usualRate(peers: Iterable<Peer>): number | null {
  const rates = [...peers]
    .flatMap(({ pace }) => (pace.rate === null ? [] : [pace.rate]))
    .toSorted((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)] ?? null;
}

/** Whether a host is much slower than the others: a dying disk, a bad cable, a limit. */
export function isSlow(peer: Peer, usual: number | null, now: number): boolean {
  const { pace, slow } = peer;
  if (usual === null) return slow;
  // One from which nothing has come for longer than a sample is judged by that.
  const ms = now - pace.since;
  const rate = ms > SAMPLE_MS && peer.open.size >= BUSY ? (pace.done * 1000) / ms : pace.rate;
  if (rate === null) return slow;
  return rate < usual * (slow ? WELL_AGAIN : SLOW);
}

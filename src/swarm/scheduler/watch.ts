import type { Board } from './board.ts';
import type { Host } from './host.ts';

/** A chunk that takes longer than this, and than so many usual ones, is not waited for by others. */
const LATE_MS = 5000;
const LATE_TURNS = 6;
/** A host with work that says nothing for so long is not counted on: an agent says something every two seconds. */
const QUIET_MS = 2500;
const QUIET_TURNS = 3;
/** Slow: chunks take so many times longer than usual, and come so much more rarely. Well again: half as bad. */
const SLOW_TURNS = 3.5;
const SLOW_RATE = 0.35;
const WELL_TURNS = 2;
const LEAST_SLOW_MS = 500;

/** What is usual among the hosts that have something to do. */
interface Usual {
  readonly turnMs: number;
  readonly rate: number;
}

/** Looks who has become slow or quiet, whose rest is over and which chunks are late. Returns hosts found slow. */
export function watch(board: Board, hosts: Iterable<Host>, now: number): Host[] {
  const all = [...hosts];
  const usual = usualOf(all);
  const slowed: Host[] = [];
  for (const host of all) {
    const { standing } = host;
    const oldest = oldestMs(host, now);
    const silentMs = Math.min(oldest, now - host.heardAt);
    const quiet = silentMs > Math.max(QUIET_MS, QUIET_TURNS * (host.turnMs ?? usual?.turnMs ?? 0));
    const slow = usual !== null && all.length > 2 && isSlow(host, usual, oldest);
    if (slow && !standing.slow) slowed.push(host);
    const changed = quiet !== standing.quiet || slow !== standing.slow;
    standing.quiet = quiet;
    standing.slow = slow;
    if (changed) board.restand(host, now);
    else board.refree(host, now);
    lookForLate(board, host, usual, now);
  }
  return slowed;
}

function lookForLate(board: Board, host: Host, usual: Usual | null, now: number): void {
  const limit = Math.max(LATE_MS, LATE_TURNS * (usual?.turnMs ?? 0));
  for (const open of host.open.values()) {
    if (open.late || now - open.since <= limit) continue;
    open.late = true;
    board.coming.delete(open.row, host.column);
    board.reseed(open.row);
  }
}

function isSlow(host: Host, usual: Usual, oldest: number): boolean {
  if (host.left === 0) return host.standing.slow;
  const turn = Math.max(host.turnMs ?? 0, oldest);
  if (turn < LEAST_SLOW_MS) return false;
  const rate = host.down.rate ?? (host.turnMs === null ? 0 : Number.POSITIVE_INFINITY);
  if (host.standing.slow) return turn > usual.turnMs * WELL_TURNS && rate < usual.rate * 2 * SLOW_RATE;
  return turn > usual.turnMs * SLOW_TURNS && rate < usual.rate * SLOW_RATE;
}

function oldestMs(host: Host, now: number): number {
  // Open chunks are kept in the order in which they were given.
  for (const { since } of host.open.values()) return now - since;
  return 0;
}

function usualOf(hosts: readonly Host[]): Usual | null {
  const turns: number[] = [];
  const rates: number[] = [];
  for (const { turnMs, down } of hosts) {
    if (turnMs === null || down.rate === null) continue;
    turns.push(turnMs);
    rates.push(down.rate);
  }
  const [turnMs, rate] = [median(turns), median(rates)];
  return turnMs === null || rate === null ? null : { turnMs, rate };
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

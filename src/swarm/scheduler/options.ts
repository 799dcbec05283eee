import type { SchedulerOptions } from './types.ts';

/** Found by simulation, see docs/swarm.md and bench/swarm-sim.ts. */
export const DEFAULTS: SchedulerOptions = {
  lines: 4,
  serverLines: 5,
  sourceHorizonMs: 300,
  serverHorizonMs: 250,
  hostHorizonMs: 500,
  starvedMs: 500,
  random: Math.random,
};

/** Chunks per second that a line is thought to carry before it is measured. */
const FIRST_RATE = 8;
export const MOST_OPEN = 64;
/** The more hosts there are, the more rarely each reports, see the server's desk: milliseconds for each beyond these. */
const CROWD_MS = 0.5;
const NO_CROWD = 40;
const MOST_CROWD_MS = 250;

/** Added to every horizon for the time that reports wait at their hosts. */
export const crowdMs = (hosts: number): number =>
  Math.min(MOST_CROWD_MS, Math.max(0, hosts - NO_CROWD) * CROWD_MS);

/** `lines` transfers at a time, and as many more as come in the time from the end of one to the next one's begin. */
export function depth(rate: number | null, lines: number, horizonMs: number): number {
  return Math.min(MOST_OPEN, lines + Math.ceil(((rate ?? FIRST_RATE) * horizonMs) / 1000));
}

/** Transfers at a time of a line while nobody has anything to pass on: one that comes while the next is asked for. */
const LINES_AT_FIRST = 2;

/**
 * The less there is to pass on, the fewer at a time: a chunk that has arrived whole is of more use than parts of many.
 *
 * @param ripe the part of the hosts that have something to pass on
 * @param full for a line when all have
 * @param crowd for how long reports wait at their hosts, milliseconds
 */
export function startingDepth(ripe: number, full: number, crowd: number): number {
  const least = depth(null, LINES_AT_FIRST, crowd);
  return Math.min(full, Math.floor(least + (full - least) * ripe));
}

import type { SchedulerOptions } from './types.ts';

/** Found by simulation, see docs/swarm.md and bench/swarm-sim.ts. */
export const DEFAULTS: SchedulerOptions = {
  lines: 4,
  serverLines: 4,
  sourceHorizonMs: 250,
  serverHorizonMs: 250,
  hostHorizonMs: 500,
  starvedMs: 500,
  random: Math.random,
};

/** Chunks per second that a line is thought to carry before it is measured. */
const FIRST_RATE = 8;
export const MOST_OPEN = 64;

/** `lines` transfers at a time, and as many more as come in the time from the end of one to the next one's begin. */
export function depth(rate: number | null, lines: number, horizonMs: number): number {
  return Math.min(MOST_OPEN, lines + Math.ceil(((rate ?? FIRST_RATE) * horizonMs) / 1000));
}

import type { SchedulerOptions } from './types.ts';

/** Found by simulation, see docs/swarm.md and bench/swarm-sim.ts. */
export const DEFAULTS: SchedulerOptions = {
  sourceHorizonMs: 250,
  serverHorizonMs: 250,
  hostHorizonMs: 400,
  starvedMs: 500,
  random: Math.random,
};

/** Assignments open at a source, and given to a host, at the least and at the most. */
export const LEAST_AT_SOURCE = 2;
export const FIRST_AT_SOURCE = 3;
export const LEAST_AT_SERVER = 3;
export const FIRST_AT_SERVER = 4;
export const LEAST_AT_HOST = 4;
export const MOST_OPEN = 64;

/** As many of `rate` chunks per second as `horizonMs` takes, and one or two to bridge the way. */
export function depth(
  rate: number | null,
  horizonMs: number,
  bounds: { least: number; first: number },
): number {
  if (rate === null) return bounds.first;
  return Math.max(bounds.least, Math.min(MOST_OPEN, Math.ceil((rate * horizonMs) / 1000) + 1));
}

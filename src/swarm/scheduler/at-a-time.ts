/**
 * How many chunks a host fetches at a time, by how many per second come: enough that its line is full while the next
 * ones are asked for, and no more, for what comes slowly is passed on late. Found by simulation, see docs/swarm.md.
 */
export function fetchesAtATime(chunksPerSecond: number): number {
  return Math.min(16, Math.max(6, 5 + Math.ceil(chunksPerSecond * 0.06)));
}

/**
 * How many a host sends at a time. Fewer than most receive: what its kernel holds of those that were sent last goes out
 * beside them, and what waits here keeps the line full while the next is asked for.
 */
export const SENT_AT_A_TIME = 5;

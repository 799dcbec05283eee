import type { Board } from './board.ts';
import type { Host } from './host.ts';

/** So many hosts that have everything stay for each that has not. */
const STAY_FOR_EACH = 2;

/** Whether somebody may still want what a host has, and too few others stay for them. */
export function isNeeded(board: Board, host: Host, all: Iterable<Host>): boolean {
  if (!board.neighbours.has(host.column)) return false;
  // Nobody comes to a far place for chunks.
  const reach = host.places[host.farFrom]?.hosts ?? null;
  let hungry = 0;
  let before = 0;
  for (const other of all) {
    if (other === host || other.image !== host.image) continue;
    if (reach !== null && !reach.has(other.column)) continue;
    if (other.left > 0) {
      if (other.standing.alone) continue;
      // One that has not got everything itself is never one too many.
      if (host.left > 0) return true;
      hungry++;
    } else if (other.column < host.column && board.neighbours.has(other.column)) before++;
  }
  return hungry > 0 && before <= STAY_FOR_EACH * hungry;
}

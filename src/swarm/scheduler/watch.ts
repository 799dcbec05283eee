import type { Board } from './board.ts';
import type { Host } from './host.ts';
import type { Place } from './place.ts';

/** A chunk that takes longer than this, and than so many usual ones, is not waited for by others. */
const LATE_MS = 5000;
const LATE_TURNS = 6;
/** Over a slow cable the first ones take long, and what is usual shows only then. */
const FAR_LATE_MS = 60_000;
/** A host with work that says nothing for so long is not counted on: an agent says something every two seconds. */
const QUIET_MS = 2500;
const QUIET_TURNS = 3;
/** Slow: chunks take so many times longer than usual, and come so much more rarely. Well again: half as bad. */
const SLOW_TURNS = 3.5;
const SLOW_RATE = 0.35;
const WELL_TURNS = 2;
const LEAST_SLOW_MS = 500;
const LEAST_FAR_MS = 1000;
/** What the server sends to one host for longer than this, and than so many usual turns, is not counted. */
const LEAST_ASIDE_MS = 1000;
const ASIDE_TURNS = 3;
/** So many hosts of a place that were measured show what is usual there. */
const ENOUGH = 2;

/** What is usual among hosts that have something to do. */
interface Usual {
  readonly turnMs: number;
  /** Chunks per second; 0: not measured yet. */
  readonly rate: number;
  /** Of how many hosts. */
  readonly measured: number;
}

/** Looks who has become slow, far or quiet, whose rest is over and which chunks are late. Returns hosts found slow. */
export function watch(board: Board, hosts: Iterable<Host>, now: number): Host[] {
  const all = [...hosts];
  const places = Map.groupBy(all, ({ home }) => home);
  const byPlace = usualByPlace(places);
  const usual = best(byPlace) ?? usualOf(all);
  board.usualMs = usual?.turnMs ?? 0;
  lookForFar(all, now);
  const slowed: Host[] = [];
  for (const host of all) {
    const { standing } = host;
    const here = byPlace.get(host.home) ?? null;
    const inFar = host.farFrom < host.places.length;
    const oldest = oldestMs(host, now);
    const silentMs = Math.min(oldest, now - host.heardAt);
    const quiet = silentMs > Math.max(QUIET_MS, QUIET_TURNS * (host.turnMs ?? usual?.turnMs ?? 0));
    const other = inFar ? here : usual;
    const slow = other !== null && all.length > 2 && isSlow(host, other, oldest, standing.slow);
    const far = inFar && !slow;
    if (slow && !standing.slow) slowed.push(host);
    const changed = quiet !== standing.quiet || slow !== standing.slow || far !== standing.far;
    standing.quiet = quiet;
    standing.slow = slow;
    standing.far = far;
    board.setAside(host, now - Math.max(LEAST_ASIDE_MS, ASIDE_TURNS * (usual?.turnMs ?? 0)));
    if (changed) board.restand(host, now);
    else board.refree(host, now);
    lookForLate(board, host, here ?? usual, now);
  }
  return slowed;
}

/** A place is far when a chunk from elsewhere takes most of its hosts much longer than those of the best one like it. */
function lookForFar(hosts: readonly Host[], now: number): void {
  const deepest = Math.max(0, ...hosts.map(({ places }) => places.length));
  for (let level = 0; level < deepest; level++) {
    const crossing = new Map<Place, number>();
    for (const [place, members] of Map.groupBy(hosts, ({ places }) => places[level])) {
      const turns = members.flatMap((host) => crossingMs(host, level, now) ?? []);
      const usual = turns.toSorted((a, b) => a - b)[(turns.length - 1) >> 1];
      if (place !== undefined && usual !== undefined && turns.length >= ENOUGH) crossing.set(place, usual);
    }
    const best = Math.min(...crossing.values());
    for (const [place, ms] of crossing) {
      place.far = ms > LEAST_FAR_MS && ms > best * (place.far ? WELL_TURNS : SLOW_TURNS);
    }
  }
}

/** How long a host waits for what comes from outside of a place; null: nothing has come yet, or is late. */
function crossingMs({ crossMs, open }: Host, level: number, now: number): number | null {
  const usual = crossMs[level] ?? null;
  for (const { since, crosses } of open.values()) {
    if (crosses > level) continue;
    const ms = now - since;
    return usual === null && ms < LEAST_FAR_MS ? null : Math.max(usual ?? 0, ms);
  }
  return usual;
}

function lookForLate(board: Board, host: Host, usual: Usual | null, now: number): void {
  const least = host.standing.far ? FAR_LATE_MS : LATE_MS;
  const limit = Math.max(least, LATE_TURNS * (usual?.turnMs ?? 0));
  for (const open of host.open.values()) {
    if (open.late || now - open.since <= limit) continue;
    open.late = true;
    board.coming.delete(open.row, host.column);
    board.reseed(open.row);
  }
}

function isSlow(host: Host, usual: Usual, oldest: number, before: boolean): boolean {
  if (host.left === 0) return before;
  const turn = Math.max(host.turnMs ?? 0, oldest);
  if (turn < LEAST_SLOW_MS) return false;
  const rate = host.down.rate ?? (host.turnMs === null ? 0 : Number.POSITIVE_INFINITY);
  if (before) return turn > usual.turnMs * WELL_TURNS && rate < usual.rate * 2 * SLOW_RATE;
  return turn > usual.turnMs * SLOW_TURNS && rate < usual.rate * SLOW_RATE;
}

function oldestMs(host: Host, now: number): number {
  // Open chunks are kept in the order in which they were given.
  for (const { since } of host.open.values()) return now - since;
  return 0;
}

function usualByPlace(places: ReadonlyMap<Place | null, readonly Host[]>): Map<Place | null, Usual> {
  const usual = new Map<Place | null, Usual>();
  for (const [home, members] of places) {
    const here = usualOf(members);
    if (here !== null) usual.set(home, here);
  }
  return usual;
}

/** What is usual in the quickest place: the others may be behind a slow cable, however many they are. */
function best(byPlace: ReadonlyMap<Place | null, Usual>): Usual | null {
  let quickest: Usual | null = null;
  for (const usual of byPlace.values()) {
    if (usual.measured >= ENOUGH && usual.turnMs < (quickest?.turnMs ?? Number.POSITIVE_INFINITY))
      quickest = usual;
  }
  return quickest;
}

function usualOf(hosts: readonly Host[]): Usual | null {
  const measured = hosts.filter(({ turnMs }) => turnMs !== null);
  const turns = measured.map(({ turnMs }) => turnMs ?? 0).toSorted((a, b) => a - b);
  const rates = measured.flatMap(({ down }) => down.rate ?? []).toSorted((a, b) => a - b);
  // Of two, the better one.
  const [turnMs, rate] = [turns[(turns.length - 1) >> 1], rates[rates.length >> 1]];
  return turnMs === undefined ? null : { turnMs, rate: rate ?? 0, measured: measured.length };
}

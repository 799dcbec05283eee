import type { Board } from './board.ts';
import { lowestBit } from './chunk-table.ts';
import type { Host } from './host.ts';
import type { HostSet } from './host-set.ts';

/** Chunks that are compared for a host at a time, and looked at to find them. */
const MOST_COMPARED = 96;
const MOST_LOOKED_AT = 512;
/** Holders that are compared for a chunk. */
const MOST_HOLDERS = 24;
/** What reading from the disk costs a source, as a part of all that it may have to do. */
const COLD = 0.3;
/** Room in a sort key for the chunk's number, and to shuffle chunks that are equally rare. */
const NUMBERS = 2 ** 26;
const TIES = 1024;

const keys = new Float64Array(MOST_COMPARED);

/**
 * What a host could fetch from others now, the rarest first, at most `MOST_COMPARED`. The newest chunks are looked at
 * first: they are in the memory of those that have them, and who has them helps others.
 */
export function candidates(board: Board, host: Host): number[] {
  const { image, missing } = host;
  let found = 0;
  let looked = 0;
  for (let word = missing.length - 1; word >= 0; word--) {
    let bits = (missing[word] ?? 0) & ~(image.unseeded[word] ?? 0);
    while (bits !== 0) {
      const local = word * 32 + 31 - Math.clz32(bits);
      bits &= ~(1 << (local & 31));
      if (++looked > MOST_LOOKED_AT) return sorted(found);
      const row = image.rows[local] ?? 0;
      if (!isAvailable(board, host, row)) continue;
      const rarity = board.holds.count(row) + board.coming.count(row);
      keys[found++] = (rarity * TIES + Math.floor(board.options.random() * TIES)) * NUMBERS + local;
      if (found === MOST_COMPARED) return sorted(found);
    }
  }
  return sorted(found);
}

function sorted(found: number): number[] {
  return Array.from(keys.subarray(0, found).sort(), (key) => key % NUMBERS);
}

/** Whether somebody free has it whom this host may ask. */
function isAvailable(board: Board, host: Host, row: number): boolean {
  if (!board.holds.meets(row, board.freeNeighbours)) return false;
  const level = nearest(board, host, row);
  if (level === 'wait' || !board.mayCross(host, level + 1)) return false;
  return board.holds.meets(row, freeIn(board, host, level), host.places[level]?.hosts ?? null);
}

/** Who may be asked in a place: in one that is far also those on whom nobody else counts. */
function freeIn(board: Board, host: Host, level: number): HostSet {
  return level >= host.farFrom ? board.freeNeighbours : board.free;
}

/** No place in particular. */
const ANYWHERE = -1;

/**
 * Which of its places' hosts are to be asked for a chunk. What somebody of the same place has, is not fetched from
 * afar, and what somebody there is fetching is waited for: the cables between places are shared.
 */
function nearest(board: Board, host: Host, row: number): number | 'wait' {
  for (let level = host.places.length - 1; level >= 0; level--) {
    const place = host.places[level];
    if (place === undefined || place.hosts.size < 2) continue;
    const able = level >= host.farFrom ? board.neighbours : board.sources;
    if (board.holds.meets(row, able, place.hosts)) return level;
    if (board.coming.meets(row, able, place.hosts)) return 'wait';
  }
  return ANYWHERE;
}

/** The free host with the shortest wait that has a chunk, and others for when it fails; null: there is none. */
export function sourceFor(board: Board, host: Host, row: number): { best: Host; others: Host[] } | null {
  const level = nearest(board, host, row);
  if (level === 'wait' || !board.mayCross(host, level + 1)) return null;
  const free = freeIn(board, host, level);
  const near = host.places[level]?.hosts ?? null;
  const { stride } = board.holds;
  const offset = Math.floor(board.options.random() * stride);
  const others: Host[] = [];
  let best: Host | null = null;
  let least = Number.POSITIVE_INFINITY;
  let looked = 0;
  for (let i = 0; i < stride && looked < MOST_HOLDERS; i++) {
    const index = (i + offset) % stride;
    const mask =
      free.word(index) & ~host.standing.shuns.word(index) & (near === null ? -1 : near.word(index));
    let bits = board.holds.word(row, index) & mask;
    for (; bits !== 0 && looked < MOST_HOLDERS; bits &= bits - 1, looked++) {
      const other = board.byColumn[index * 32 + lowestBit(bits)] ?? null;
      if (other === null || other === host) continue;
      const wait = (other.load + 1) / board.limitOf(other);
      const cost = wait + (other.ring.has(row) ? 0 : COLD) + board.options.random() / 8;
      if (cost < least) {
        if (best !== null) others.push(best);
        best = other;
        least = cost;
      } else others.push(other);
    }
  }
  return best === null ? null : { best, others: others.reverse() };
}

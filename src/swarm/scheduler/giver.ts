import type { Board } from './board.ts';
import { firstBit } from './chunk-table.ts';
import type { Host } from './host.ts';
import { candidates, sourceFor } from './pick.ts';
import type { Assignment } from './types.ts';

/** Peers named as fallbacks; the server comes after them. */
const FALLBACKS = 2;
/** A free place at the server is taken by who asks first, also by one that has enough ahead. */
const BEYOND = 2;
/** A host that has others to ask gets from the server only while it has no more than this to do. */
const IDLE = 1;
/** Who passes chunks on waits so many times longer for its turn before it counts as starved. */
const PATIENCE = 10;

/** Decides what a host fetches next, and from whom. */
export class Giver {
  readonly #board: Board;
  readonly #hosts: ReadonlyMap<string, Host>;

  constructor(board: Board, hosts: ReadonlyMap<string, Host>) {
    this.#board = board;
    this.#hosts = hosts;
  }

  /** At most `room` chunks; none when there is nothing for the host at the moment. */
  give(host: Host, room: number, now: number): Assignment[] {
    const given: Assignment[] = [];
    if (host.missingCount === 0) return given;
    const most = Math.min(room, this.#board.shareOf(host) - host.open.size);
    this.#firstCopies(host, Math.min(room, most + BEYOND), given, now);
    if (!host.standing.alone) this.#fromPeers(host, most, given, now);
    if (given.length < most) this.#fromServer(host, most, given, now);
    if (given.length > 0) host.fedAt = now;
    return given;
  }

  /** The server first: each chunk that nobody has leaves it once, to a host that will pass it on. */
  #firstCopies(host: Host, most: number, given: Assignment[], now: number): void {
    const board = this.#board;
    if (!board.sources.has(host.column)) return;
    const share = Math.max(1, Math.ceil(board.serverLimit / this.#hosts.size));
    while (given.length < most && board.server.load < board.serverLimit && host.fromServer < share) {
      if (!board.mayCross(host, 0)) return;
      const local = host.image.firstUnseeded(host.missing);
      if (local < 0) return;
      given.push(this.#assign(host, local, now, { source: null }));
    }
  }

  #fromPeers(host: Host, most: number, given: Assignment[], now: number): void {
    if (given.length >= most) return;
    for (const local of candidates(this.#board, host)) {
      if (given.length >= most) return;
      const found = sourceFor(this.#board, host, host.image.rows[local] ?? 0);
      if (found !== null)
        given.push(this.#assign(host, local, now, { source: found.best, others: found.others }));
    }
  }

  /**
   * The server as one more source, when it has nothing new to send. Before that it has one transfer at a time for
   * hosts that nobody else gives anything, so that everybody comes to an end: more would keep new chunks from all.
   */
  #fromServer(host: Host, most: number, given: Assignment[], now: number): void {
    const { server, serverLimit, sources, options } = this.#board;
    const { alone } = host.standing;
    if (this.#isSeeding()) {
      const patience = options.starvedMs * (sources.has(host.column) && !alone ? PATIENCE : 1);
      if (server.spare > 0 || host.open.size > 0 || now - host.fedAt < patience) return;
      const local = firstBit(host.missing);
      if (local >= 0) given.push(this.#assign(host, local, now, { source: null, spare: true }));
      return;
    }
    const own =
      alone || this.#hosts.size === 1 ? Math.max(2, Math.ceil(serverLimit / this.#hungry())) : IDLE + 1;
    while (given.length < most && server.load < serverLimit && host.open.size < own) {
      if (!this.#board.mayCross(host, 0)) return;
      const local = firstBit(host.missing);
      if (local < 0) return;
      given.push(this.#assign(host, local, now, { source: null }));
    }
  }

  /** Whether the server has a chunk to send that nobody has. */
  #isSeeding(): boolean {
    for (const host of this.#hosts.values()) {
      if (!this.#board.sources.has(host.column) || host.missingCount === 0) continue;
      if (host.image.firstUnseeded(host.missing) >= 0) return true;
    }
    return false;
  }

  #hungry(): number {
    let count = 0;
    for (const { left } of this.#hosts.values()) if (left > 0) count++;
    return count;
  }

  #assign(
    host: Host,
    local: number,
    now: number,
    from: { readonly source: Host | null; readonly others?: readonly Host[]; readonly spare?: boolean },
  ): Assignment {
    const { source, spare = false } = from;
    const others = from.others?.slice(0, FALLBACKS) ?? [];
    this.#board.begin(host, local, { source, others, spare }, now);
    if (source === null) return { chunk: local, sources: [null] };
    return { chunk: local, sources: [source.id, ...others.map(({ id }) => id), null] };
  }
}

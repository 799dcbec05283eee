import { Board } from './board.ts';
import { firstBit } from './chunk-table.ts';
import { Host } from './host.ts';
import { HostSet } from './host-set.ts';
import { isNeeded } from './lingering.ts';
import { DEFAULTS, depth } from './options.ts';
import { candidates, sourceFor } from './pick.ts';
import { accuse, discredit } from './trust.ts';
import type {
  Assignment,
  ChunkNumbers,
  Done,
  Failed,
  JoinFacts,
  PeerId,
  SchedulerOptions,
  SourceId,
  Verdict,
} from './types.ts';
import { watch } from './watch.ts';

/** Peers named as fallbacks; the server comes after them. */
const FALLBACKS = 2;
/** Between two looks at who is slow, quiet or late. */
const WATCH_MS = 200;
/** An assignment that its host does not know of got lost, when it is older than any message on its way. */
const LOST_MS = 3000;
/** Who passes chunks on waits so many times longer for its turn before it counts as starved. */
const PATIENCE = 10;

/**
 * Who fetches which chunk from whom. Knows no network and no clock: time is a number of milliseconds that is handed
 * in and never goes back.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #hosts = new Map<PeerId, Host>();
  readonly #places = new Map<string, HostSet>();
  #board: Board;
  #verdicts: Verdict[] = [];
  #now = 0;
  #watchedAt = 0;

  constructor(options: Partial<SchedulerOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#board = new Board(this.#options);
  }

  /** Makes a chunk list known until the last host has left; one that is known already is left as it is. */
  addImage(key: string, list: ChunkNumbers): void {
    this.#board.table.add(key, list);
  }

  /**
   * A host begins, or begins anew after it was started again: what it was doing is forgotten.
   * @throws RangeError when the image was not added
   */
  join(facts: JoinFacts, now: number): void {
    this.#remove(facts.peer, now);
    const image = this.#board.table.image(facts.image);
    const column = this.#board.column();
    const groups = facts.groups.map((_, i) => this.#place(facts.groups.slice(0, i + 1)));
    const host = new Host(facts, { column, image, groups }, now);
    this.#board.byColumn[column] = host;
    this.#hosts.set(host.id, host);
    for (const group of groups) group.add(column);
    this.#board.restand(host, now);
    for (const [local, row] of image.rows.entries()) if (!host.isMissing(local)) this.#board.offer(host, row);
    this.#tick(now);
  }

  /** A host is gone. What only it had is sent by the server once more. */
  leave(id: PeerId): void {
    this.#remove(id, this.#now);
    if (this.#hosts.size > 0) return;
    this.#board = new Board(this.#options);
    this.#places.clear();
  }

  has(id: PeerId): boolean {
    return this.#hosts.has(id);
  }

  /** What has come of a host's assignments. */
  report(
    id: PeerId,
    { done, failed }: { readonly done: readonly Done[]; readonly failed: readonly Failed[] },
    now: number,
  ): void {
    const host = this.#host(id);
    host.heardAt = now;
    for (const one of failed) this.#failed(host, one, now);
    for (const one of done) this.#done(host, one, now);
    if (host.standing.quiet) this.#watchedAt = Number.NEGATIVE_INFINITY;
    this.#tick(now);
  }

  /** What a host still has to do, by its own account: what is not in it was lost on the way and is given out again. */
  reconcile(id: PeerId, holding: readonly number[]): void {
    const host = this.#host(id);
    if (host.open.size === 0) return;
    const known = new Set(holding);
    for (const [local, { since }] of host.open) {
      if (!known.has(local) && this.#now - since > LOST_MS) this.#giveUp(host, local, this.#now);
    }
  }

  /** From here on it serves what is in its memory, and nothing from its disk. */
  memoryOnly(id: PeerId): void {
    const host = this.#host(id);
    if (host.memoryOnly) return;
    host.memoryOnly = true;
    for (const [local, row] of host.image.rows.entries()) {
      if (host.holds(local) && !host.ring.has(row)) this.#board.withdraw(host, row);
    }
  }

  /** Up to `room` chunks for a host to fetch; none when there is nothing for it at the moment. */
  take(id: PeerId, room: number, now: number): Assignment[] {
    const host = this.#host(id);
    this.#tick(now);
    const { lines, hostHorizonMs } = this.#options;
    const most = Math.min(room, depth(host.down.rate, lines, hostHorizonMs) - host.open.size);
    const given: Assignment[] = [];
    if (host.missingCount === 0) return given;
    this.#seed(host, Math.min(room, most + 2), given, now);
    if (!host.standing.alone) this.#fromPeers(host, most, given, now);
    this.#extra(host, most, given, now);
    if (given.length > 0) host.fedAt = now;
    return given;
  }

  /** Looks after those that have gone silent; to be called about once a second when nothing else is. */
  tick(now: number): void {
    this.#tick(now);
  }

  /** Whether somebody may still want what this host has, and too few others stay for them. */
  needs(id: PeerId): boolean {
    const host = this.#hosts.get(id);
    return host !== undefined && isNeeded(this.#board, host, this.#hosts.values());
  }

  /** Hosts that were found wanting since the last call. */
  verdicts(): Verdict[] {
    const said = this.#verdicts;
    this.#verdicts = [];
    return said;
  }

  /** Chunks that a host still needs. */
  left(id: PeerId): number {
    return this.#host(id).left;
  }

  /** The server first: each chunk that nobody has leaves it once, to a host that will pass it on. */
  #seed(host: Host, most: number, given: Assignment[], now: number): void {
    const board = this.#board;
    if (!board.sources.has(host.column)) return;
    const limit = board.serverLimit;
    const share = Math.max(1, Math.ceil(limit / this.#hosts.size));
    while (given.length < most && board.server.load < limit && host.fromServer < share) {
      const local = host.image.firstUnseeded(host.missing);
      if (local < 0) return;
      given.push(this.#assign(host, local, null, [], now));
    }
  }

  #fromPeers(host: Host, most: number, given: Assignment[], now: number): void {
    if (given.length >= most) return;
    for (const local of candidates(this.#board, host)) {
      if (given.length >= most) return;
      const found = sourceFor(this.#board, host, host.image.rows[local] ?? 0);
      if (found !== null) given.push(this.#assign(host, local, found.best, found.others, now));
    }
  }

  /**
   * The server as one more source, when it has nothing new to send. Before that it has one transfer at a time for hosts
   * that nobody else gives anything, so that everybody comes to an end: more would keep the new chunks from all others.
   */
  #extra(host: Host, most: number, given: Assignment[], now: number): void {
    const { server } = this.#board;
    if (host.open.size > 1 || host.fromServer > 1) return;
    if (!this.#isSeeding()) {
      const limit = this.#board.serverLimit;
      while (given.length < most && server.load < limit && host.open.size <= 1) {
        const local = firstBit(host.missing);
        if (local < 0) return;
        given.push(this.#assign(host, local, null, [], now));
      }
      return;
    }
    const waits = this.#board.sources.has(host.column) && !host.standing.alone;
    const patience = this.#options.starvedMs * (waits ? PATIENCE : 1);
    if (given.length >= most || server.spare > 0 || host.open.size > 0 || now - host.fedAt < patience) return;
    const local = firstBit(host.missing);
    if (local >= 0) given.push(this.#assign(host, local, null, [], now, true));
  }

  /** Whether the server has a chunk to send that nobody has. */
  #isSeeding(): boolean {
    for (const host of this.#hosts.values()) {
      if (!this.#board.sources.has(host.column) || host.missingCount === 0) continue;
      if (host.image.firstUnseeded(host.missing) >= 0) return true;
    }
    return false;
  }

  #assign(
    host: Host,
    local: number,
    source: Host | null,
    others: readonly Host[],
    now: number,
    spare = false,
  ): Assignment {
    this.#board.begin(host, local, { source, spare }, now);
    if (source === null) return { chunk: local, sources: [null] };
    const sources: [SourceId, ...SourceId[]] = [source.id];
    for (const { id } of others.slice(0, FALLBACKS)) sources.push(id);
    return { chunk: local, sources: [...sources, null] };
  }

  #done(host: Host, { chunk: local, from }: Done, now: number): void {
    if (local >= host.image.rows.length || host.holds(local)) return;
    const row = host.image.rows[local] ?? 0;
    const open = host.open.get(local);
    if (open !== undefined) {
      const turn = now - open.since;
      host.turnMs = host.turnMs === null ? turn : host.turnMs + (turn - host.turnMs) / 6;
    }
    this.#board.end(host, local, 1, now);
    host.setMissing(local, false);
    this.#remember(host, row);
    this.#board.offer(host, row);
    const source = from === null ? undefined : this.#hosts.get(from);
    if (source === undefined) return;
    source.standing.served++;
    source.standing.silentBy.clear();
    host.standing.got++;
    host.standing.alone = false;
  }

  /** What it has just got stays in its memory; the oldest goes. */
  #remember(host: Host, row: number): void {
    host.ring.add(row);
    const [oldest] = host.ring;
    if (host.ring.size <= host.ringChunks || oldest === undefined) return;
    host.ring.delete(oldest);
    if (host.memoryOnly) this.#board.withdraw(host, oldest);
  }

  #failed(host: Host, { chunk: local, from, why }: Failed, now: number): void {
    const source = from === null ? undefined : this.#hosts.get(from);
    const open = host.open.get(local);
    if (open !== undefined && open.source !== null && open.source.id === from) {
      this.#board.moveOn(host, local, null, now);
    }
    if (source === undefined) return;
    const row = host.image.rows[local] ?? 0;
    if (why === 'gone' || why === 'wrong') this.#board.withdraw(source, row);
    const verdict = accuse(source, host, why, now);
    if (verdict !== null) this.#verdicts.push(verdict);
    for (const cleared of discredit(host, this.#hosts.values())) this.#board.restand(cleared, now);
    this.#board.restand(source, now);
  }

  #giveUp(host: Host, local: number, now: number): void {
    const row = host.image.rows[local] ?? 0;
    this.#board.end(host, local, 0, now);
    host.setMissing(local, true);
    this.#board.reseed(row);
  }

  #remove(id: PeerId, now: number): void {
    const host = this.#hosts.get(id);
    if (host === undefined) return;
    for (const local of [...host.open.keys()]) this.#giveUp(host, local, now);
    for (const other of this.#hosts.values()) {
      for (const [local, open] of other.open)
        if (open.source === host) this.#board.moveOn(other, local, null, now);
      other.standing.shuns.delete(host.column);
    }
    this.#board.sources.delete(host.column);
    this.#board.free.delete(host.column);
    for (const [local, row] of host.image.rows.entries())
      if (!host.isMissing(local)) this.#board.withdraw(host, row);
    for (const group of host.groups) group.delete(host.column);
    this.#board.byColumn[host.column] = null;
    this.#hosts.delete(id);
  }

  #tick(now: number): void {
    this.#now = Math.max(this.#now, now);
    if (now - this.#watchedAt < WATCH_MS) return;
    this.#watchedAt = now;
    for (const { id } of watch(this.#board, this.#hosts.values(), now)) {
      this.#verdicts.push({ peer: id, what: 'slow', accusers: 0 });
    }
  }

  #place(path: readonly string[]): HostSet {
    const key = JSON.stringify(path);
    const found = this.#places.get(key) ?? new HostSet();
    this.#places.set(key, found);
    return found;
  }

  #host(id: PeerId): Host {
    const host = this.#hosts.get(id);
    if (host === undefined) throw new RangeError(`no peer ${id}`);
    return host;
  }
}

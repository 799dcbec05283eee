import { Board } from './board.ts';
import { Giver } from './giver.ts';
import { Host } from './host.ts';
import { isNeeded } from './lingering.ts';
import { DEFAULTS } from './options.ts';
import { Place } from './place.ts';
import { accuse, discredit, isCredible } from './trust.ts';
import type {
  Assignment,
  ChunkNumbers,
  Done,
  Failed,
  JoinFacts,
  PeerId,
  SchedulerOptions,
  Verdict,
} from './types.ts';
import { watch } from './watch.ts';

/** Between two looks at who is slow, quiet or late. */
const WATCH_MS = 200;
/** An assignment that its host does not know of got lost, when it is older than any message on its way. */
const LOST_MS = 3000;
/** Each more costs time with each chunk: a host that joins again and again, each time with another list, is no reason. */
const MOST_IMAGES = 32;

/**
 * Who fetches which chunk from whom. Knows no network and no clock: time is a number of milliseconds that is handed
 * in and never goes back.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #hosts = new Map<PeerId, Host>();
  readonly #places = new Map<string, Place>();
  #board: Board;
  #giver: Giver;
  #verdicts: Verdict[] = [];
  #now = 0;
  #watchedAt = 0;

  constructor(options: Partial<SchedulerOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#board = new Board(this.#options);
    this.#giver = new Giver(this.#board, this.#hosts);
  }

  /**
   * Makes a chunk list known until the last host has left; one that is known already is left as it is. Of those that no
   * host has, only some are kept: add it before each `join`.
   */
  addImage(key: string, list: ChunkNumbers): void {
    if (this.#board.table.images >= MOST_IMAGES)
      this.#board.table.keep(new Set([...this.#hosts.values()].map(({ image }) => image.key)));
    if (!this.#board.table.add(key, list)) return;
    // What hosts of other images have or are fetching of it need not leave the server again.
    for (const row of this.#board.table.image(key).rows) this.#board.reseed(row);
  }

  /**
   * A host begins, or begins anew after it was started again: what it was doing is forgotten.
   * @throws RangeError when the image was not added
   */
  join(facts: JoinFacts, now: number): void {
    this.#remove(facts.peer, now);
    const image = this.#board.table.image(facts.image);
    const column = this.#board.column();
    const places = facts.groups.map((name) => this.#place(name));
    const host = new Host(facts, { column, image, places }, now);
    this.#board.enter(host);
    this.#hosts.set(host.id, host);
    this.#board.restand(host, now);
    for (const [local, row] of image.rows.entries())
      if (!host.isMissing(local)) this.#board.offer(host, row, now);
    this.#tick(now);
  }

  /** A host is gone. What only it had is sent by the server once more. */
  leave(id: PeerId): void {
    this.#remove(id, this.#now);
    if (this.#hosts.size > 0) return;
    this.#board = new Board(this.#options);
    this.#giver = new Giver(this.#board, this.#hosts);
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
    this.#tick(now);
    return this.#giver.give(this.#host(id), room, now);
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

  #done(host: Host, { chunk: local, from }: Done, now: number): void {
    if (local >= host.image.rows.length || host.holds(local)) return;
    const row = host.image.rows[local] ?? 0;
    const open = host.open.get(local);
    if (open !== undefined) {
      const turn = now - open.since;
      host.turnMs = mean(host.turnMs, turn);
      for (let level = open.crosses; level < host.places.length; level++)
        host.crossMs[level] = mean(host.crossMs[level] ?? null, turn);
    }
    this.#board.end(host, local, 1, now);
    host.setMissing(local, false);
    this.#remember(host, row);
    this.#board.offer(host, row, now);
    // Nor can it have got something from others: two that lie could make each other beyond reproach.
    const source = open?.told.find(({ id }) => id === from);
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
    const open = host.open.get(local);
    // What it was not told to fetch there it cannot have fetched: a host could drive all others off with that.
    const source = open?.told.find(({ id }) => id === from);
    if (open === undefined || source === undefined) return;
    if (open.source === source) this.#board.moveOn(host, local, null, now);
    // A host that has started anew since is another one: it listens elsewhere.
    if (this.#hosts.get(source.id) !== source) return;
    if (isCredible(host, why)) this.#board.withdraw(source, open.row);
    const verdict = accuse(source, host, { why, row: open.row }, now);
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
    this.#board.exit(host);
    for (const [local, row] of host.image.rows.entries())
      if (!host.isMissing(local)) this.#board.withdraw(host, row);
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

  #place(name: string): Place {
    const found = this.#places.get(name) ?? new Place();
    this.#places.set(name, found);
    return found;
  }

  #host(id: PeerId): Host {
    const host = this.#hosts.get(id);
    if (host === undefined) throw new RangeError(`no peer ${id}`);
    return host;
  }
}

const mean = (before: number | null, now: number): number =>
  before === null ? now : before + (now - before) / 6;

import { BitRows } from './bit-rows.ts';
import { ChunkTable } from './chunk-table.ts';
import { type Host, isNeighbour, isSource, type Open } from './host.ts';
import { HostSet } from './host-set.ts';
import { Meter } from './meter.ts';
import { crowdMs, depth, startingDepth } from './options.ts';
import type { SchedulerOptions } from './types.ts';

/** Work that may be on its way over a place's cable. When that is not full such work takes less, and more is let in. */
const CROSSING_MS = 1000;
const CROSSING_TURNS = 1.5;
/** Chunks per second that a cable is thought to carry before it is measured. */
const FIRST_CROSSING = 2;

/** Who has which chunk, who is fetching it, and who may be asked. */
export class Board {
  readonly options: SchedulerOptions;
  readonly table = new ChunkTable();
  /** Hosts that serve a chunk. */
  readonly holds = new BitRows();
  /** Hosts that are fetching it and will soon have it. */
  readonly coming = new BitRows();
  /** Hosts whose chunks count as had. */
  readonly sources = new HostSet();
  /** Those, and hosts that only their own place counts on. */
  readonly neighbours = new HostSet();
  /** Those of both that can take one more request. */
  readonly free = new HostSet();
  readonly freeNeighbours = new HostSet();
  readonly byColumn: (Host | null)[] = [];
  /** Hosts that have a chunk that others may want. */
  readonly #stocked = new HostSet();
  #hosts = 0;
  /** How long a chunk usually takes, from the assignment to the report. */
  usualMs = 0;
  readonly server = { load: 0, spare: 0, aside: 0, meter: new Meter() };

  constructor(options: SchedulerOptions) {
    this.options = options;
  }

  /** A column for one more host. */
  column(): number {
    const free = this.byColumn.indexOf(null);
    const column = free < 0 ? this.byColumn.length : free;
    this.holds.reserve(this.table.size, column + 1);
    this.coming.reserve(this.table.size, column + 1);
    return column;
  }

  /** How many hosts there are. */
  get hosts(): number {
    return this.#hosts;
  }

  /** For how long reports wait at their hosts, as the lab is large. */
  get crowdMs(): number {
    return crowdMs(this.#hosts);
  }

  /** The part of the hosts, 0 to 1, that have something to pass on. */
  get ripe(): number {
    return this.sources.size === 0 ? 1 : Math.min(1, this.#stocked.size / this.sources.size);
  }

  enter(host: Host): void {
    this.byColumn[host.column] = host;
    this.#hosts++;
    for (const { hosts } of host.places) hosts.add(host.column);
  }

  exit(host: Host): void {
    this.byColumn[host.column] = null;
    this.#hosts--;
    const { sources, neighbours, free, freeNeighbours } = this;
    for (const set of [sources, neighbours, free, freeNeighbours, this.#stocked]) set.delete(host.column);
    for (const { hosts } of host.places) hosts.delete(host.column);
  }

  /** A chunk of a host's list can be had from it. */
  offer(host: Host, row: number, now: number): void {
    if (!host.standing.serves) return;
    this.holds.add(row, host.column);
    if (this.sources.has(host.column)) this.table.setSeeded(row, true);
    if (this.#stocked.has(host.column)) return;
    this.#stocked.add(host.column);
    for (const other of this.byColumn) if (other !== null) this.refree(other, now);
  }

  /** It cannot be had from it any more. */
  withdraw(host: Host, row: number): void {
    this.holds.delete(row, host.column);
    this.reseed(row);
  }

  /** Counts anew whether somebody has a chunk or will soon have it. */
  reseed(row: number): void {
    const seeded = this.holds.meets(row, this.sources) || this.coming.meets(row, this.sources);
    this.table.setSeeded(row, seeded);
  }

  /** Its standing has changed: what it has counts from now on, or no longer. */
  restand(host: Host, now: number): void {
    this.neighbours.put(host.column, isNeighbour(host.standing));
    const source = isSource(host.standing);
    if (source !== this.sources.has(host.column)) {
      this.sources.put(host.column, source);
      for (const [local, row] of host.image.rows.entries()) if (!host.isMissing(local)) this.reseed(row);
    }
    this.refree(host, now);
  }

  /** Its load, its speed or its rest has changed. */
  refree(host: Host, now: number): void {
    const able = host.standing.restsUntil <= now && host.load < this.limitOf(host);
    this.free.put(host.column, able && this.sources.has(host.column));
    this.freeNeighbours.put(host.column, able && this.neighbours.has(host.column));
  }

  #starting(full: number): number {
    return startingDepth(this.ripe, full, this.crowdMs);
  }

  /** How many requests a host may have to answer at a time. */
  limitOf(host: Host): number {
    const { lines, sourceHorizonMs } = this.options;
    return this.#starting(depth(host.up.rate, lines, sourceHorizonMs + this.crowdMs));
  }

  /** How many the server may. */
  get serverLimit(): number {
    const { serverLines, serverHorizonMs } = this.options;
    const full = depth(this.server.meter.rate, serverLines, serverHorizonMs + this.crowdMs);
    return this.#starting(full);
  }

  /**
   * How much a host may have under way: at the beginning its part of what all lines carry, or those who ask first get
   * everything, and the others have nothing to pass on for as long as that takes.
   */
  shareOf(host: Host): number {
    const { lines, hostHorizonMs } = this.options;
    const wish = depth(host.down.rate, lines, hostHorizonMs + this.crowdMs);
    if (this.ripe === 1) return wish;
    const supply = this.serverLimit + this.#stocked.size * this.#starting(wish);
    return Math.min(wish, Math.ceil(supply / this.#hosts));
  }

  /** A host is told to fetch a chunk from a source; null is the server. */
  begin(
    host: Host,
    local: number,
    from: { readonly source: Host | null; readonly others?: readonly Host[]; readonly spare?: boolean },
    now: number,
  ): void {
    const row = host.image.rows[local] ?? 0;
    const { source, others = [], spare = false } = from;
    const told = source === null ? [] : [source, ...others];
    const counts = spare ? 'spare' : 'load';
    const open: Open = { row, source, told, counts, crosses: 0, since: now, late: false };
    host.setMissing(local, false);
    host.open.set(local, open);
    host.down.begin(now);
    this.coming.add(row, host.column);
    if (this.sources.has(host.column)) this.table.setSeeded(row, true);
    this.#load(host, open, now);
  }

  /** The source of an open chunk has failed; it comes from the next one. */
  moveOn(host: Host, local: number, source: Host | null, now: number): void {
    const open = host.open.get(local);
    if (open === undefined || open.source === source) return;
    this.#unload(host, open, 0, now);
    open.source = source;
    this.#load(host, open, now);
  }

  /** An open chunk is over; whether it is there or missing again is the caller's to say. */
  end(host: Host, local: number, came: 0 | 1, now: number): void {
    const open = host.open.get(local);
    if (open === undefined) return;
    host.open.delete(local);
    host.down.end(now, came);
    this.coming.delete(open.row, host.column);
    this.#unload(host, open, came, now);
  }

  /**
   * Whether one more chunk may come from outside of a host's places, from the `level`th on. Over a slow cable only as
   * many at a time as fill it: more would take the senders' turns from all others.
   */
  mayCross({ places }: Host, level: number): boolean {
    const horizonMs = Math.max(CROSSING_MS, CROSSING_TURNS * this.usualMs);
    for (let at = level; at < places.length; at++) {
      const { incoming = 0, meter = null } = places[at] ?? {};
      if (incoming >= depth(meter?.rate ?? FIRST_CROSSING, this.options.lines, horizonMs)) return false;
    }
    return true;
  }

  /** What the server has been sending to a host since before `since` takes long: its turn goes to another one. */
  setAside(host: Host, before: number): void {
    for (const open of host.open.values()) {
      if (open.source !== null || open.counts !== 'load' || open.since >= before) continue;
      this.server.load--;
      this.server.aside++;
      open.counts = 'aside';
    }
  }

  #load(host: Host, open: Open, now: number): void {
    const { source } = open;
    const outside = host.places.findIndex((place) => source === null || !place.hosts.has(source.column));
    open.crosses = outside < 0 ? host.places.length : outside;
    for (const place of host.places.slice(open.crosses)) {
      place.incoming++;
      place.meter.begin(now);
    }
    if (source !== null) {
      source.load++;
      source.up.begin(now);
      this.refree(source, now);
      return;
    }
    host.fromServer++;
    this.server[open.counts]++;
    this.server.meter.begin(now);
  }

  #unload(host: Host, { source, counts, crosses }: Open, came: 0 | 1, now: number): void {
    for (const place of host.places.slice(crosses)) {
      place.incoming--;
      place.meter.end(now, came);
    }
    if (source !== null) {
      source.load--;
      source.up.end(now, came);
      this.refree(source, now);
      return;
    }
    host.fromServer--;
    this.server[counts]--;
    this.server.meter.end(now, came);
  }
}

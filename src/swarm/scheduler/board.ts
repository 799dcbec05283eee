import { BitRows } from './bit-rows.ts';
import { ChunkTable } from './chunk-table.ts';
import { type Host, isSource, type Open } from './host.ts';
import { HostSet } from './host-set.ts';
import { Meter } from './meter.ts';
import { crowdMs, depth, startingDepth } from './options.ts';
import type { SchedulerOptions } from './types.ts';

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
  /** Sources that can take one more request. */
  readonly free = new HostSet();
  readonly byColumn: (Host | null)[] = [];
  /** Hosts that have a chunk that others may want. */
  readonly #stocked = new HostSet();
  #hosts = 0;
  readonly server = { load: 0, spare: 0, meter: new Meter() };

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
    for (const group of host.groups) group.add(host.column);
  }

  exit(host: Host): void {
    this.byColumn[host.column] = null;
    this.#hosts--;
    for (const set of [this.sources, this.free, this.#stocked, ...host.groups]) set.delete(host.column);
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
    const source = isSource(host.standing);
    if (source !== this.sources.has(host.column)) {
      this.sources.put(host.column, source);
      for (const [local, row] of host.image.rows.entries()) if (!host.isMissing(local)) this.reseed(row);
    }
    this.refree(host, now);
  }

  /** Its load, its speed or its rest has changed. */
  refree(host: Host, now: number): void {
    const able = this.sources.has(host.column) && host.standing.restsUntil <= now;
    this.free.put(host.column, able && host.load < this.limitOf(host));
  }

  /** How many requests a host may have to answer at a time. */
  limitOf(host: Host): number {
    const { lines, sourceHorizonMs } = this.options;
    return startingDepth(this.ripe, depth(host.up.rate, lines, sourceHorizonMs + this.crowdMs));
  }

  /** How many the server may. */
  get serverLimit(): number {
    const { serverLines, serverHorizonMs } = this.options;
    const full = depth(this.server.meter.rate, serverLines, serverHorizonMs + this.crowdMs);
    return startingDepth(this.ripe, full);
  }

  /**
   * How much a host may have under way: at the beginning its part of what all lines carry, or those who ask first get
   * everything, and the others have nothing to pass on for as long as that takes.
   */
  shareOf(host: Host): number {
    const { lines, hostHorizonMs } = this.options;
    const wish = depth(host.down.rate, lines, hostHorizonMs + this.crowdMs);
    if (this.ripe === 1) return wish;
    const supply = this.serverLimit + this.#stocked.size * startingDepth(this.ripe, wish);
    return Math.min(wish, Math.ceil(supply / this.#hosts));
  }

  /** A host is told to fetch a chunk from a source; null is the server. */
  begin(
    host: Host,
    local: number,
    { source, spare = false }: { readonly source: Host | null; readonly spare?: boolean },
    now: number,
  ): void {
    const row = host.image.rows[local] ?? 0;
    const open = { row, source, spare, since: now, late: false };
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

  #load(host: Host, { source, spare }: Open, now: number): void {
    if (source !== null) {
      source.load++;
      source.up.begin(now);
      this.refree(source, now);
      return;
    }
    host.fromServer++;
    if (spare) this.server.spare++;
    else this.server.load++;
    this.server.meter.begin(now);
  }

  #unload(host: Host, { source, spare }: Open, came: 0 | 1, now: number): void {
    if (source !== null) {
      source.load--;
      source.up.end(now, came);
      this.refree(source, now);
      return;
    }
    host.fromServer--;
    if (spare) this.server.spare--;
    else this.server.load--;
    this.server.meter.end(now, came);
  }
}

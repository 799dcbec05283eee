import { chunkIdOf } from '../../../image/index.ts';
import { Scheduler } from '../scheduler.ts';
import type { Assignment, ChunkNumbers, Failed, SourceId } from '../types.ts';
import { EventQueue } from './event-queue.ts';
import { FluidNetwork, type Link, newLink } from './fluid-network.ts';
import { CHUNK_BYTES, FRAMING, type LabPlan, type LabResult } from './plan.ts';
import { seeded } from './seeded.ts';
import { SimulatedDesk } from './simulated-desk.ts';
import { SimulatedHost, type Upload } from './simulated-host.ts';

const IN_HAND = 8;
const LEAST_DEPTH = 8;
const MOST_DEPTH = 64;
const SILENT_MS = 750;
const HASH_MS = 4;
const DISK_MS = 3;
const COLD_MS = 12;
const HEARTBEAT_MS = 2000;

/** A scheduler with a whole lab of hosts that do as the agent does, in virtual time. */
export class SimulatedLab {
  readonly #plan: LabPlan;
  readonly #events = new EventQueue();
  readonly #network = new FluidNetwork(this.#events);
  readonly #scheduler: Scheduler;
  readonly #desk: SimulatedDesk;
  readonly #random: () => number;
  readonly #hosts: readonly SimulatedHost[];
  readonly #byId: ReadonlyMap<string, SimulatedHost>;
  readonly #serverUp: Link;
  readonly #uplinks: ReadonlyMap<string, { readonly out: Link; readonly into: Link }>;
  #serverChunks = 0;
  #falseAlarms = 0;
  #running = 0;

  constructor(plan: LabPlan, scheduler?: Scheduler) {
    this.#plan = plan;
    this.#random = seeded(plan.seed ^ 0x5eed);
    this.#scheduler = scheduler ?? new Scheduler({ random: seeded(plan.seed), ...plan.options });
    for (const [key, names] of Object.entries(plan.images)) this.#scheduler.addImage(key, numbersOf(names));
    this.#desk = new SimulatedDesk(this.#events, this.#scheduler);
    const [first = ''] = Object.keys(plan.images);
    this.#hosts = plan.hosts.map((host, i) => {
      const image = host.image ?? first;
      return new SimulatedHost(`h${i}`, host, image, plan.images[image]?.length ?? 0, plan.rate);
    });
    this.#byId = new Map(this.#hosts.map((host) => [host.id, host]));
    this.#serverUp = newLink(plan.serverRate ?? plan.rate);
    const uplinks = Object.entries(plan.uplinks ?? {});
    this.#uplinks = new Map(
      uplinks.map(([group, rate]) => [group, { out: newLink(rate), into: newLink(rate) }]),
    );
  }

  /** @throws Error when somebody does not get his image in time, or gets what he has, or from who does not have it */
  run(): LabResult {
    for (const host of this.#hosts) this.#live(host);
    while (this.#running > 0) {
      if (!this.#events.step()) throw new Error('nothing happens any more, and hosts wait');
      if (this.#events.now > this.#plan.latestMs) this.#late();
    }
    const got = this.#hosts.reduce((sum, host) => sum + host.got, 0);
    return {
      tookMs: this.#hosts.map(({ doneAt, joinedAt }) => (doneAt === null ? null : doneAt - joinedAt)),
      serverChunks: this.#serverChunks,
      timeMs: this.#events.now,
      falseAlarms: this.#falseAlarms,
      microseconds: (this.#desk.spentMs * 1000) / Math.max(1, got),
    };
  }

  #late(): never {
    const late = this.#hosts.filter(({ doneAt, alive }) => alive && doneAt === null);
    const words = late.map(({ id, left, under }) => `${id}: ${left} left, ${under} assigned`);
    throw new Error(`seed ${this.#plan.seed}: not done after ${this.#plan.latestMs} ms: ${words.join('; ')}`);
  }

  #live(host: SimulatedHost): void {
    const { joinsAt = 0, diesAt, rebootsAt } = host.plan;
    this.#running++;
    this.#events.after(joinsAt, () => {
      host.joinedAt = this.#events.now;
      this.#join(host);
    });
    if (diesAt !== undefined) {
      this.#events.after(diesAt, () => {
        if (host.doneAt === null) this.#running--;
        this.#die(host);
      });
    }
    if (rebootsAt !== undefined) {
      this.#events.after(rebootsAt, () => {
        if (!host.alive || host.doneAt !== null) return;
        this.#die(host);
        this.#events.after(3000, () => this.#join(host));
      });
    }
  }

  #join(host: SimulatedHost): void {
    host.alive = true;
    const { groups = [], ringChunks = 256 } = host.plan;
    this.#desk.join({
      peer: host.id,
      image: host.image,
      held: host.bitmap(),
      groups,
      serves: true,
      ringChunks,
    });
    if (host.left === 0) this.#finish(host);
    this.#beat(host, host.life);
    this.#talk(host);
  }

  #die(host: SimulatedHost): void {
    const lost = [...host.sending];
    host.sending.clear();
    for (const upload of lost) if (upload.flow !== null) this.#network.stop(upload.flow);
    host.drop();
  }

  #finish(host: SimulatedHost): void {
    host.doneAt = this.#events.now;
    this.#running--;
  }

  #beat(host: SimulatedHost, life: number): void {
    this.#events.after(HEARTBEAT_MS, () => {
      if (host.life !== life) return;
      if (this.#events.now - host.toldAt >= HEARTBEAT_MS) this.#send(host, 0);
      this.#beat(host, life);
    });
  }

  /** Asks for more when there is room for a good part of it; tells what is new when it may. */
  #talk(host: SimulatedHost): void {
    if (!host.alive) return;
    const seconds = Math.max(1, this.#events.now - host.joinedAt) / 1000;
    const depth = Math.min(MOST_DEPTH, Math.max(LEAST_DEPTH, Math.ceil(host.got / seconds)));
    const unassigned = host.left - host.under - host.inHandChunks.size;
    const room = Math.max(0, Math.min(depth - host.under, unassigned));
    if (!host.polling && room > 0 && (room >= depth / 3 || room >= host.left / 2)) this.#send(host, room);
    if (host.telling || (host.done.length === 0 && host.failed.length === 0)) return;
    host.telling = true;
    const { life } = host;
    this.#events.after(Math.max(0, host.toldAt + host.paceMs - this.#events.now), () => {
      if (host.life !== life) return;
      host.telling = false;
      if (host.done.length > 0 || host.failed.length > 0) this.#send(host, 0);
    });
  }

  #send(host: SimulatedHost, room: number): void {
    const { life } = host;
    const done = host.done.splice(0);
    const failed = host.failed.splice(0);
    const holding = [...host.queue.map(({ chunk }) => chunk), ...host.flying, ...host.inHandChunks];
    host.toldAt = this.#events.now;
    if (room > 0) host.polling = true;
    this.#events.after(this.#delay(host.up, null), () => {
      if (host.life !== life) return;
      host.paceMs = this.#desk.paceMs;
      this.#desk.call(host.id, { done, failed, room, holding }, (given) => {
        this.#events.after(this.#delay(this.#serverUp, host.down), () => {
          if (host.life !== life) return;
          if (room > 0) host.polling = false;
          this.#accept(host, given);
        });
      });
    });
  }

  #accept(host: SimulatedHost, given: readonly Assignment[]): void {
    for (const { chunk, sources } of given) {
      const source = this.#byId.get(sources[0] ?? '');
      if (source?.image === host.image && source.alive && source.held[chunk] !== 1) {
        throw new Error(`${host.id} is sent to ${source.id} for chunk ${chunk}, which that has not`);
      }
    }
    // As the agent does: a report and a question may overtake each other on the way.
    host.queue.push(...given.filter(({ chunk }) => !host.knows(chunk)));
    this.#pump(host);
    this.#talk(host);
  }

  #pump(host: SimulatedHost): void {
    while (host.flying.size < (this.#plan.inFlight ?? 4) && host.inHandChunks.size < IN_HAND) {
      const next = host.queue.shift();
      if (next === undefined) return;
      host.flying.add(next.chunk);
      this.#fetch(host, next.chunk, next.sources, this.#events.now);
    }
  }

  #fetch(host: SimulatedHost, chunk: number, sources: readonly SourceId[], since: number): void {
    const [id = null, ...others] = sources;
    const { life } = host;
    const source = id === null ? null : (this.#byId.get(id) ?? null);
    let over = false;
    const fail = (why: Failed['why']): void => {
      if (over || host.life !== life) return;
      over = true;
      host.failed.push({ chunk, from: id, why });
      this.#fetch(host, chunk, others.length > 0 ? others : [null], since);
    };
    const land = (): void => {
      if (over || host.life !== life) return;
      if (this.#random() < (source?.plan.lies ?? 0) || (source !== null && host.plan.slanders)) {
        fail('wrong');
        return;
      }
      over = true;
      const ms = this.#events.now - since;
      host.fetchMs += (ms - host.fetchMs) / 8;
      this.#write(host, chunk, id, ms);
    };
    if (source === null) {
      this.#serverChunks++;
      this.#events.after(this.#delay(host.up, null), () => {
        if (host.life !== life) return;
        this.#network.start(this.#path(null, host), CHUNK_BYTES * FRAMING, () => {
          this.#events.after(this.#delay(null, host.down), land);
        });
      });
      return;
    }
    const patience = host.got > 4 ? Math.max(SILENT_MS, 3 * host.fetchMs) : 3000;
    if (isWalled(source, 'in') || isWalled(host, 'out')) {
      this.#events.after(this.#plan.roundTripMs + this.#random() * SILENT_MS, () => fail('unreachable'));
      return;
    }
    const upload: Upload = {
      to: host,
      links: this.#path(source, host),
      arrived: land,
      flow: null,
      over: false,
      sent: false,
    };
    const watch = (): void => {
      if (over || host.life !== life) return;
      if (upload.flow !== null && (upload.sent || source.sending.has(upload))) {
        this.#events.after(patience, watch);
        return;
      }
      if (upload.flow === null && source.alive) this.#falseAlarms++;
      upload.over = true;
      fail('silent');
    };
    this.#events.after(patience, watch);
    const theirs = source.life;
    this.#events.after(this.#delay(host.up, source.down), () => {
      if (!source.alive || source.life !== theirs) return;
      const cold = source.ring.has(chunk) ? 0 : COLD_MS;
      this.#events.after(cold, () => {
        if (!source.alive || source.life !== theirs) return;
        source.uploads.push(upload);
        this.#serve(source);
      });
    });
  }

  #serve(source: SimulatedHost): void {
    while (source.sending.size < (this.#plan.uploads ?? 4)) {
      const upload = source.uploads.shift();
      if (upload === undefined) return;
      if (upload.over) continue;
      source.sending.add(upload);
      upload.flow = this.#network.start(upload.links, CHUNK_BYTES * FRAMING, () => {
        source.sending.delete(upload);
        upload.sent = true;
        this.#serve(source);
        this.#events.after(this.#delay(null, upload.to.down), upload.arrived);
      });
    }
  }

  #write(host: SimulatedHost, chunk: number, from: SourceId, ms: number): void {
    const { life } = host;
    host.flying.delete(chunk);
    host.inHandChunks.add(chunk);
    const start = Math.max(this.#events.now + HASH_MS, host.diskFreeAt);
    host.diskFreeAt = start + (host.plan.diskMs ?? DISK_MS);
    this.#events.after(host.diskFreeAt - this.#events.now, () => {
      if (host.life !== life) return;
      if (host.held[chunk] === 1) throw new Error(`${host.id} got chunk ${chunk} twice`);
      host.inHandChunks.delete(chunk);
      host.settle(chunk, from, CHUNK_BYTES, ms);
      host.keep(chunk, host.plan.ringChunks ?? 256);
      if (host.left === 0) this.#finish(host);
      this.#pump(host);
      this.#talk(host);
    });
    this.#pump(host);
  }

  #path(from: SimulatedHost | null, to: SimulatedHost): Link[] {
    const links = [from === null ? this.#serverUp : from.up, to.down];
    const [here, there] = [
      from === null ? this.#plan.serverGroup : from.plan.groups?.[0],
      to.plan.groups?.[0],
    ];
    if (here === there) return links;
    const out = this.#uplinks.get(here ?? '')?.out;
    const into = this.#uplinks.get(there ?? '')?.into;
    return [...links, ...(out === undefined ? [] : [out]), ...(into === undefined ? [] : [into])];
  }

  /** One way, through ports that may be full. */
  #delay(out: Link | null, into: Link | null): number {
    const queues =
      (out !== null && out.flows.size > 1 ? 1 : 0) + (into !== null && into.flows.size > 1 ? 1 : 0);
    return (this.#plan.roundTripMs / 2) * (0.75 + this.#random() / 2) + queues * this.#plan.queueMs;
  }
}

function isWalled(host: SimulatedHost, side: 'in' | 'out'): boolean {
  return host.plan.walled === side || host.plan.walled === 'both';
}

function numbersOf(names: readonly string[]): ChunkNumbers {
  const ids = names.map((name) => chunkIdOf(Buffer.from(name)));
  return { length: ids.length, id: (number) => ids[number] ?? '' };
}

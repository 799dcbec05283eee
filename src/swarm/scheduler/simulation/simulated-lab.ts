import { chunkIdOf } from '../../../image/index.ts';
import { fetchesAtATime } from '../at-a-time.ts';
import { Scheduler } from '../scheduler.ts';
import type { Assignment, ChunkNumbers, Failed, SourceId } from '../types.ts';
import { EventQueue } from './event-queue.ts';
import { CHUNK_BYTES, type LabPlan, type LabResult } from './plan.ts';
import { seeded } from './seeded.ts';
import { SimulatedDesk } from './simulated-desk.ts';
import { SimulatedHost } from './simulated-host.ts';
import { SimulatedWire } from './simulated-wire.ts';

/** What the agent does, see src/agent/swarm/swarm-round.ts. */
const IN_HAND = 8;
const LEAST_DEPTH = 8;
const MOST_DEPTH = 64;
const HASH_MS = 4;
const DISK_MS = 3;
const HEARTBEAT_MS = 2000;

/** A scheduler with a whole lab of hosts that do as the agent does, in virtual time. */
export class SimulatedLab {
  readonly #plan: LabPlan;
  readonly #events = new EventQueue();
  readonly #scheduler: Scheduler;
  readonly #desk: SimulatedDesk;
  readonly #wire: SimulatedWire;
  readonly #random: () => number;
  readonly #hosts: readonly SimulatedHost[];
  readonly #byId: ReadonlyMap<string, SimulatedHost>;
  #got = 0;
  #running = 0;

  constructor(plan: LabPlan, scheduler?: Scheduler) {
    this.#plan = plan;
    this.#random = seeded(plan.seed ^ 0x5eed);
    this.#wire = new SimulatedWire(plan, this.#events, this.#random);
    this.#scheduler = scheduler ?? new Scheduler({ random: seeded(plan.seed), ...plan.options });
    for (const [key, names] of Object.entries(plan.images)) this.#scheduler.addImage(key, numbersOf(names));
    this.#desk = new SimulatedDesk(this.#events, this.#scheduler);
    const [first = ''] = Object.keys(plan.images);
    this.#hosts = plan.hosts.map((host, i) => {
      const image = host.image ?? first;
      return new SimulatedHost(`h${i}`, host, image, plan.images[image]?.length ?? 0, plan.rate);
    });
    this.#byId = new Map(this.#hosts.map((host) => [host.id, host]));
  }

  /** @throws Error when somebody does not get his image in time, or gets what he has, or from who does not have it */
  run(): LabResult {
    for (const host of this.#hosts) this.#live(host);
    const all = this.#hosts.reduce((sum, host) => sum + host.left, 0);
    const marks = [0.1, 0.9];
    const marked: number[] = [];
    while (this.#running > 0) {
      if (this.#got >= (marks[marked.length] ?? 2) * all) marked.push(this.#events.now);
      if (!this.#events.step()) throw new Error('nothing happens any more, and hosts wait');
      if (this.#events.now > this.#plan.latestMs) this.#late();
    }
    return {
      tookMs: this.#hosts.map(({ doneAt, joinedAt }) => (doneAt === null ? null : doneAt - joinedAt)),
      serverChunks: this.#wire.serverChunks,
      timeMs: this.#events.now,
      crossed: this.#wire.crossed,
      verdicts: [...this.#desk.verdicts, ...this.#scheduler.verdicts()],
      falseAlarms: this.#wire.falseAlarms,
      microseconds: (this.#desk.spentMs * 1000) / Math.max(1, this.#got),
      marks: marked,
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
    this.#wire.cut(host);
    host.drop();
  }

  #finish(host: SimulatedHost): void {
    host.doneAt = this.#events.now;
    this.#running--;
  }

  #beat(host: SimulatedHost, life: number): void {
    this.#events.after(HEARTBEAT_MS / 4, () => {
      if (host.life !== life) return;
      if (this.#events.now - host.toldAt >= HEARTBEAT_MS) this.#send(host, 0);
      this.#beat(host, life);
    });
  }

  /** Asks for more when there is room for a good part of it; tells what is new when it may. */
  #talk(host: SimulatedHost): void {
    if (!host.alive) return;
    const depth = Math.min(MOST_DEPTH, Math.max(LEAST_DEPTH, Math.ceil(this.#rateOf(host))));
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
    this.#events.after(this.#wire.delay(host.up, null), () => {
      if (host.life !== life) return;
      host.paceMs = this.#desk.paceMs;
      this.#desk.call(host.id, { done, failed, room, holding }, (given) => {
        this.#events.after(this.#wire.delay(this.#wire.serverUp, host.down), () => {
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
    while (
      host.flying.size < (this.#plan.inFlight ?? fetchesAtATime(this.#rateOf(host))) &&
      host.inHandChunks.size < IN_HAND
    ) {
      const next = host.queue.shift();
      if (next === undefined) return;
      host.flying.add(next.chunk);
      this.#fetch(host, next.chunk, next.sources, this.#events.now);
    }
  }

  /** Chunks per second. */
  #rateOf(host: SimulatedHost): number {
    return (host.got * 1000) / Math.max(200, this.#events.now - host.joinedAt);
  }

  #fetch(host: SimulatedHost, chunk: number, sources: readonly SourceId[], since: number): void {
    const [id = null, ...others] = sources;
    const { life } = host;
    const source = id === null ? undefined : this.#byId.get(id);
    let over = false;
    const failed = (why: Failed['why']): void => {
      if (over || host.life !== life) return;
      over = true;
      host.failed.push({ chunk, from: id, why });
      this.#fetch(host, chunk, others.length > 0 ? others : [null], since);
    };
    const landed = (): void => {
      if (over || host.life !== life) return;
      if (source !== undefined && (host.plan.slanders || this.#random() < (source.plan.lies ?? 0))) {
        failed('wrong');
        return;
      }
      over = true;
      const ms = this.#events.now - since;
      host.fetchMs += (ms - host.fetchMs) / 8;
      this.#write(host, chunk, id, ms);
    };
    if (source === undefined) this.#wire.fromServer(host, landed);
    else this.#wire.fromHost(host, source, this.#localOf(source, host, chunk), { landed, failed });
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
      this.#got++;
      host.keep(chunk, host.plan.ringChunks ?? 256);
      if (host.left === 0) this.#finish(host);
      this.#pump(host);
      this.#talk(host);
    });
    this.#pump(host);
  }

  /** The number that another host's list has for a chunk. */
  #localOf(source: SimulatedHost, host: SimulatedHost, chunk: number): number {
    if (source.image === host.image) return chunk;
    return this.#plan.images[source.image]?.indexOf(this.#plan.images[host.image]?.[chunk] ?? '') ?? -1;
  }
}

function numbersOf(names: readonly string[]): ChunkNumbers {
  const ids = names.map((name) => chunkIdOf(Buffer.from(name)));
  return { length: ids.length, id: (number) => ids[number] ?? '' };
}

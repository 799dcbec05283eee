import { SENT_AT_A_TIME } from '../at-a-time.ts';
import type { FailureWhy } from '../types.ts';
import type { EventQueue } from './event-queue.ts';
import { type Flow, FluidNetwork, type Link, newLink } from './fluid-network.ts';
import { CHUNK_BYTES, FRAMING, type LabPlan } from './plan.ts';
import type { SimulatedHost, Upload } from './simulated-host.ts';

/** As the agent's, see src/agent/swarm/fetch-from.ts. */
const SILENT_MS = 750;
const USUAL_TIMES = 3;
/** A chunk is read back from the disk. */
const COLD_MS = 12;
/** What TCP takes off a sender's hands ahead of the line: about twice its window, see tcp_wmem in tcp(7). */
const SEND_BUFFER_BYTES = 256 * 1024;
const FRAME_BYTES = CHUNK_BYTES * FRAMING;
/** A receiver that takes nothing any more keeps its place for so long. */
const STALL_MS = 5000;

/** What becomes of asking one source for one chunk. */
export interface Fate {
  readonly landed: () => void;
  readonly failed: (why: FailureWhy) => void;
}

/** The cables of a lab, and the chunks that go over them. */
export class SimulatedWire {
  readonly #plan: LabPlan;
  readonly #events: EventQueue;
  readonly #random: () => number;
  readonly #network: FluidNetwork;
  readonly #uplinks: ReadonlyMap<string, { readonly out: Link; readonly into: Link }>;
  readonly serverUp: Link;
  /** Chunks that were sent to each group over its uplink. */
  readonly crossed = new Map<string, number>();
  /** Chunks that the server was asked for. */
  serverChunks = 0;
  /** Attempts that were given up though the source was well. */
  falseAlarms = 0;

  constructor(plan: LabPlan, events: EventQueue, random: () => number) {
    this.#plan = plan;
    this.#events = events;
    this.#random = random;
    this.#network = new FluidNetwork(events);
    this.serverUp = newLink(plan.serverRate ?? plan.rate);
    const uplinks = Object.entries(plan.uplinks ?? {});
    this.#uplinks = new Map(
      uplinks.map(([group, rate]) => [group, { out: newLink(rate), into: newLink(rate) }]),
    );
  }

  /** One way, through ports that may be full. */
  delay(out: Link | null, into: Link | null): number {
    const full = [out, into].filter((link) => link !== null && link.flows.size > 1).length;
    return (this.#plan.roundTripMs / 2) * (0.75 + this.#random() / 2) + full * this.#plan.queueMs;
  }

  /** A host asks the server for a chunk. */
  fromServer(host: SimulatedHost, landed: () => void): void {
    this.serverChunks++;
    const { life } = host;
    this.#events.after(this.delay(host.up, null), () => {
      if (host.life !== life) return;
      this.#count(null, host);
      const flow: Flow = this.#network.start(this.#path(null, host), FRAME_BYTES, () => {
        host.receiving.delete(flow);
        this.#events.after(this.delay(null, host.down), landed);
      });
      host.receiving.set(flow, null);
    });
  }

  /** A host asks another one; `here` is the chunk's number at that one. */
  fromHost(host: SimulatedHost, source: SimulatedHost, here: number, { landed, failed }: Fate): void {
    if (isWalled(source, 'in') || isWalled(host, 'out')) {
      this.#events.after(this.#plan.roundTripMs + this.#random() * SILENT_MS, () => failed('unreachable'));
      return;
    }
    const links = this.#path(source, host);
    const upload: Upload = { to: host, links, arrived: landed, flow: null, over: false, sent: false };
    this.#watch(host, source, upload, failed);
    const { life } = source;
    const arrive = this.delay(host.up, source.down) + (source.ring.has(here) ? 0 : COLD_MS);
    this.#events.after(arrive, () => {
      if (!source.alive || source.life !== life) return;
      if (source.held[here] === 1) {
        source.uploads.push(upload);
        this.#serve(source);
        return;
      }
      this.#events.after(this.delay(source.up, host.down), () => {
        upload.over = true;
        failed('gone');
      });
    });
  }

  /** A host is switched off: nothing goes out, and nothing comes in. */
  cut(host: SimulatedHost): void {
    const sending = [...host.sending, ...host.draining];
    host.sending.clear();
    host.draining.clear();
    for (const { flow, to } of sending) {
      if (flow === null) continue;
      to.receiving.delete(flow);
      this.#network.stop(flow);
    }
    for (const [flow, upload] of host.receiving) {
      this.#network.stop(flow);
      if (upload === null) continue;
      const { source } = upload;
      this.#events.after(STALL_MS, () => {
        source.sending.delete(upload.upload);
        source.draining.delete(upload.upload);
        this.#serve(source);
      });
    }
    host.receiving.clear();
  }

  #serve(source: SimulatedHost): void {
    while (source.sending.size < (this.#plan.uploads ?? SENT_AT_A_TIME)) {
      const upload = source.uploads.shift();
      if (upload === undefined) return;
      if (upload.over || !upload.to.alive) continue;
      source.sending.add(upload);
      this.#count(source, upload.to);
      // Its place is free as soon as the kernel has the rest; that goes out beside the next one.
      const buffered = Math.min(this.#plan.sendBufferBytes ?? SEND_BUFFER_BYTES, FRAME_BYTES / 2);
      this.#send(source, upload, FRAME_BYTES - buffered, () => {
        source.sending.delete(upload);
        source.draining.add(upload);
        this.#send(source, upload, buffered, () => {
          source.draining.delete(upload);
          upload.sent = true;
          this.#events.after(this.delay(null, upload.to.down), upload.arrived);
        });
        this.#serve(source);
      });
    }
  }

  #send(source: SimulatedHost, upload: Upload, bytes: number, onEnd: () => void): void {
    const { to } = upload;
    const flow: Flow = this.#network.start(upload.links, bytes, () => {
      to.receiving.delete(flow);
      onEnd();
    });
    upload.flow = flow;
    to.receiving.set(flow, { source, upload });
  }

  /** The asker gives up when no byte comes for too long. */
  #watch(host: SimulatedHost, source: SimulatedHost, upload: Upload, failed: Fate['failed']): void {
    const patience = Math.max(SILENT_MS, USUAL_TIMES * host.fetchMs);
    this.#events.after(patience, () => {
      if (upload.over) return;
      if (upload.sent || source.sending.has(upload) || source.draining.has(upload)) {
        if (!upload.sent) this.#watch(host, source, upload, failed);
        return;
      }
      if (source.alive && upload.flow === null) this.falseAlarms++;
      upload.over = true;
      failed('silent');
    });
  }

  #count(from: SimulatedHost | null, to: SimulatedHost): void {
    const there = this.#groupOf(to);
    if (this.#groupOf(from) !== there) this.crossed.set(there, (this.crossed.get(there) ?? 0) + 1);
  }

  #groupOf(host: SimulatedHost | null): string {
    return (host === null ? this.#plan.serverGroup : host.plan.groups?.[0]) ?? '';
  }

  #path(from: SimulatedHost | null, to: SimulatedHost): Link[] {
    const links = [from === null ? this.serverUp : from.up, to.down];
    const here = this.#groupOf(from);
    const there = this.#groupOf(to);
    if (here === there) return links;
    const between = [this.#uplinks.get(here)?.out, this.#uplinks.get(there)?.into];
    return [...links, ...between.filter((link) => link !== undefined)];
  }
}

function isWalled(host: SimulatedHost, side: 'in' | 'out'): boolean {
  return host.plan.walled === side || host.plan.walled === 'both';
}

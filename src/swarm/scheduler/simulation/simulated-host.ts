import type { Assignment, Done, Failed, SourceId } from '../types.ts';
import { type Flow, type Link, newLink } from './fluid-network.ts';
import type { HostPlan } from './plan.ts';

/** A chunk that a host sends, or is about to. */
export interface Upload {
  readonly to: SimulatedHost;
  readonly links: readonly Link[];
  readonly arrived: () => void;
  flow: Flow | null;
  /** Nobody waits for it any more. */
  over: boolean;
  /** All of it has left. */
  sent: boolean;
}

/** An agent as the simulation knows it: what it holds, what it is fetching and what it has not told yet. */
export class SimulatedHost {
  readonly id: string;
  readonly plan: HostPlan;
  readonly image: string;
  readonly up: Link;
  readonly down: Link;
  /** 1: on its disk. */
  readonly held: Uint8Array;
  readonly ring = new Set<number>();
  queue: Assignment[] = [];
  readonly flying = new Set<number>();
  /** Arrived, and not on the disk yet. */
  readonly inHandChunks = new Set<number>();
  diskFreeAt = 0;
  readonly uploads: Upload[] = [];
  readonly sending = new Set<Upload>();
  /** Only the kernel has still something of them to send. */
  readonly draining = new Set<Upload>();
  /** What comes in, and who sends it; null is the server. */
  readonly receiving = new Map<Flow, { readonly source: SimulatedHost; readonly upload: Upload } | null>();
  done: Done[] = [];
  failed: Failed[] = [];
  polling = false;
  telling = false;
  toldAt = Number.NEGATIVE_INFINITY;
  paceMs = 50;
  /** Chunks on its disk that were not there when it joined. */
  got = 0;
  left = 0;
  /** Grows with each life, so that what was meant for an earlier one is known. */
  life = 0;
  alive = false;
  joinedAt = 0;
  doneAt: number | null = null;
  /** Moving mean of how long a fetch takes. */
  fetchMs = 0;

  constructor(id: string, plan: HostPlan, image: string, chunks: number, rate: number) {
    this.id = id;
    this.plan = plan;
    this.image = image;
    this.up = newLink(plan.rate ?? rate);
    this.down = newLink(plan.rate ?? rate);
    this.held = new Uint8Array(chunks);
    for (let chunk = 0; chunk < chunks; chunk++) this.held[chunk] = plan.holds?.(chunk) ? 1 : 0;
    this.left = chunks - this.held.reduce((sum, one) => sum + one, 0);
  }

  /** Its disk as a join says it. */
  bitmap(): Uint8Array {
    const bits = new Uint8Array(Math.ceil(this.held.length / 8));
    for (const [chunk, one] of this.held.entries())
      bits[chunk >> 3] = (bits[chunk >> 3] ?? 0) | (one << (chunk & 7));
    return bits;
  }

  /** It is switched off: all that was under way is lost. */
  drop(): void {
    this.alive = false;
    this.life++;
    this.queue = [];
    this.flying.clear();
    this.inHandChunks.clear();
    this.ring.clear();
    this.uploads.length = 0;
    this.done = [];
    this.failed = [];
    this.polling = false;
    this.telling = false;
  }

  /** It has this chunk, or is busy with it. */
  knows(chunk: number): boolean {
    if (this.held[chunk] === 1 || this.flying.has(chunk) || this.inHandChunks.has(chunk)) return true;
    return this.queue.some((one) => one.chunk === chunk);
  }

  /** Assignments that wait or are being fetched. */
  get under(): number {
    return this.queue.length + this.flying.size;
  }

  /** It keeps what it got for others. */
  keep(chunk: number, ringChunks: number): void {
    this.ring.add(chunk);
    const [oldest] = this.ring;
    if (this.ring.size > ringChunks && oldest !== undefined) this.ring.delete(oldest);
  }

  settle(chunk: number, from: SourceId, bytes: number, ms: number): void {
    this.held[chunk] = 1;
    this.left--;
    this.got++;
    this.done.push({ chunk, from, bytes, ms });
  }
}

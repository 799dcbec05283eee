import { toMimeoError } from '../../errors.ts';
import { CHUNK_BYTES } from '../../image/index.ts';
import type { Assignment, ExchangeReply, ExchangeRequest } from '../../protocol/index.ts';
import { fetchesAtATime } from '../../swarm/index.ts';
import type { Wanted } from '../../transfer/index.ts';
import { Bell } from './bell.ts';
import { type Arrived, Ledger } from './ledger.ts';
import type { PeerPlaces, RoundParts } from './round-parts.ts';

const IN_HAND = 8;
/** Assignments waiting or being fetched: enough that no line is idle while the server is asked, whatever its speed. */
const LEAST_DEPTH = 8;
const MOST_DEPTH = 64;
const DEPTH_SECONDS = 1;
/** The server takes a host for dead that is silent for three of these. */
const HEARTBEAT_MS = 2000;
/** Until the next question after an answer that came early and empty. */
const EARLY_MS = 250;
/** How often one asks that stays for others alone: nobody should wait for a machine that nobody needs. */
const STAYING_MS = 500;
const HELD_MS = 2000;
const GOODBYE_MS = 1000;
/** So long a host waits to be let in before it begins to fetch from the server. */
const JOIN_MS = 3000;
/** After it was turned away, a host asks again so much later. */
const AGAIN_MS = 5000;

const SERVER: Assignment['sources'][number] = null;
const NEVER = new AbortController().signal;

/**
 * One disk's worth of chunks from the swarm: asks the server for assignments, fetches them, and tells what came of
 * them. While the server will not have it, chunks come from the server, in order.
 */
export class SwarmRound {
  readonly #parts: RoundParts;
  readonly #wanted: Wanted;
  readonly #ledger: Ledger;
  readonly #ready: number[] = [];
  readonly #forReady = new Bell();
  readonly #forPoll = new Bell();
  readonly #forTell = new Bell();
  readonly #ended = new AbortController();
  #peers: PeerPlaces = {};
  #talk: Promise<unknown> = Promise.resolve();
  #failure: { readonly thrown: unknown } | null = null;
  #alone = false;
  #joined = false;
  #memoryOnly = false;
  #needed = false;
  #beatMs = HEARTBEAT_MS;
  #toldAt = Number.NEGATIVE_INFINITY;
  #paceMs = 50;
  /** Chunks per second, a moving mean. */
  #rate = 0;
  #settledAt: number;
  /** Of the deployment and this round. */
  #lives = NEVER;

  constructor(wanted: Wanted, parts: RoundParts) {
    this.#parts = parts;
    this.#wanted = wanted;
    this.#settledAt = parts.clock.monotonic();
    const missing = (chunk: number): boolean => wanted.missing(chunk);
    const inFlight = (): number => this.#atATime();
    this.#ledger = new Ledger(wanted.list.length, missing, { inFlight, inHand: IN_HAND });
    wanted.onSettled = (chunk) => this.#settle(chunk);
  }

  /** The missing chunks as they come, each once. */
  async *numbers(signal: AbortSignal): AsyncGenerator<number> {
    let left = this.#ledger.unsettled;
    const lives = AbortSignal.any([signal, this.#ended.signal]);
    this.#lives = lives;
    this.#talk = this.#talkAsLongAs(lives);
    for (; left > 0; left--) {
      let chunk = this.#ready.shift();
      while (chunk === undefined) {
        if (this.#failure !== null) throw this.#failure.thrown;
        await this.#forReady.heard(lives);
        chunk = this.#ready.shift();
      }
      yield chunk;
    }
  }

  /** A chunk that `numbers` gave and that is not settled yet. */
  inHand(chunk: number): Arrived | null {
    return this.#ledger.inHand(chunk);
  }

  /** It came wrong: the server hears of it, and `replace` is called with another one. */
  wrong(chunk: number): Arrived | null {
    const what = this.#ledger.inHand(chunk);
    if (what !== null) this.#ledger.fail(chunk, what.from, 'wrong');
    this.#forTell.ring();
    return what;
  }

  replace(chunk: number, what: Arrived): void {
    this.#ledger.arrived(chunk, what);
  }

  /** From here on the disk is changed: what is not in memory is not served. */
  serveFromMemoryOnly(): void {
    this.#memoryOnly = true;
    this.#forTell.ring();
  }

  /** From here on the host stays for others alone, and asks at once and often whether anybody needs it. */
  stayForOthers(): void {
    this.#beatMs = STAYING_MS;
    this.#forTell.ring();
  }

  /** Whether the server said that somebody still needs what is in this host's memory. */
  get needed(): boolean {
    return this.#needed && !this.#alone;
  }

  /** Ends all talk; nothing is under way afterwards. */
  async close(): Promise<void> {
    this.#ended.abort(new Error('the round is over'));
    await this.#talk;
  }

  /** Ends all talk, and says so, so that nobody is sent here any more. A server that does not answer finds out itself. */
  async leave(): Promise<void> {
    await this.close();
    if (this.#alone || !this.#joined) return;
    const wish = { room: 0, waitMs: 0, holding: [], memoryOnly: true, leaving: true };
    const soon = AbortSignal.timeout(GOODBYE_MS);
    await this.#parts.exchange({ ...wish, ...this.#ledger.tell() }, soon).catch((thrown: unknown) => {
      this.#parts.log(`left without a word: ${toMimeoError(thrown).message}`);
    });
  }

  async #talkAsLongAs(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    for (let said = ''; ; ) {
      const turn = new AbortController();
      const both = AbortSignal.any([signal, turn.signal]);
      try {
        await this.#join(both);
        await Promise.all([this.#poll(both), this.#tell(both)]);
      } catch (thrown) {
        turn.abort(thrown);
        if (signal.aborted) return;
        const { message } = toMimeoError(thrown);
        if (message !== said) log(`no neighbours: ${message}`);
        said = message;
        this.#goAlone();
      }
      // One reply that was not right must not cost the whole lab its neighbours.
      await clock.delay(AGAIN_MS, signal).catch(() => undefined);
      if (signal.aborted) return;
    }
  }

  /** From the server alone, in order, until it is let in. */
  #goAlone(): void {
    this.#alone = true;
    this.#pump();
  }

  async #join(signal: AbortSignal): Promise<void> {
    const held = this.#ledger.held().toString('base64');
    // A server that has chunks and no ear for this must not hold up the host.
    const late = setTimeout(() => this.#goAlone(), JOIN_MS);
    try {
      await this.#parts.join({ chunks: this.#wanted.list.length, held }, signal);
    } finally {
      clearTimeout(late);
    }
    this.#joined = true;
    this.#alone = false;
  }

  /** Asks for more whenever there is room for a good part of it. */
  async #poll(signal: AbortSignal): Promise<void> {
    for (;;) {
      const depth = this.#depth();
      const room = this.#ledger.room(depth);
      if (room === 0 || (room < depth / 3 && room < this.#ledger.unsettled / 2)) {
        await this.#forPoll.heard(signal);
        continue;
      }
      const { clock } = this.#parts;
      const asked = clock.monotonic();
      const wish = { room, waitMs: HELD_MS, holding: this.#ledger.holding() };
      const isEmpty = await this.#exchange(wish, signal);
      // Who is answered with nothing before its time is given nothing any more: its task has ended, as it soon hears.
      if (isEmpty && clock.monotonic() - asked < HELD_MS / 2) await clock.delay(EARLY_MS, signal);
    }
  }

  /** Tells what is done without waiting for the next question, but not oftener than the server wants to hear. */
  async #tell(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    for (;;) {
      const beat = AbortSignal.any([signal, AbortSignal.timeout(this.#beatMs)]);
      await this.#forTell.heard(beat).catch(() => signal.throwIfAborted());
      await clock.delay(Math.max(0, this.#toldAt + this.#paceMs - clock.monotonic()), signal);
      const due = clock.monotonic() - this.#toldAt >= this.#beatMs;
      if (this.#ledger.untold || due) await this.#exchange({ room: 0, waitMs: 0, holding: [] }, signal);
    }
  }

  /** @returns whether the answer was that there is nothing for this host */
  async #exchange(
    wish: Pick<ExchangeRequest, 'room' | 'waitMs' | 'holding'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const told = this.#ledger.tell();
    this.#toldAt = this.#parts.clock.monotonic();
    let reply: ExchangeReply;
    try {
      reply = await this.#parts.exchange(
        { ...wish, ...told, memoryOnly: this.#memoryOnly, leaving: false },
        signal,
      );
    } catch (thrown) {
      this.#ledger.untell(told);
      throw thrown;
    }
    if (reply.kind === 'unknown') {
      // What is settled is in the bitmap of the new join.
      this.#ledger.forgetQueue();
      await this.#join(signal);
      return false;
    }
    this.#needed = reply.needed;
    this.#paceMs = reply.paceMs;
    if (reply.assignments.length === 0) return true;
    this.#peers = { ...this.#peers, ...reply.peers };
    this.#ledger.assign(reply.assignments);
    this.#pump();
    return false;
  }

  #pump(): void {
    if (this.#lives.aborted) return;
    if (this.#alone) this.#ledger.assignRest(this.#atATime(), SERVER);
    for (let one = this.#ledger.next(); one !== null; one = this.#ledger.next())
      void this.#fetch(one, this.#lives);
  }

  async #fetch(assignment: Assignment, signal: AbortSignal): Promise<void> {
    const { chunk } = assignment;
    try {
      const id = this.#wanted.list.id(chunk);
      const { failed, ...what } = await this.#parts.fetchFrom(assignment, id, this.#peers, signal);
      for (const { from, why } of failed) this.#ledger.fail(chunk, from, why);
      this.#ledger.arrived(chunk, what);
      this.#ready.push(chunk);
    } catch (thrown) {
      this.#failure ??= { thrown };
    }
    this.#forReady.ring();
    this.#forPoll.ring();
    this.#pump();
  }

  #settle(chunk: number): void {
    const what = this.#ledger.settle(chunk);
    if (what !== null) this.#parts.onSettled(this.#wanted.list.id(chunk), what.frame);
    const now = this.#parts.clock.monotonic();
    const seconds = Math.max(0.001, (now - this.#settledAt) / 1000);
    this.#settledAt = now;
    this.#rate += (1 / seconds - this.#rate) * Math.min(1, seconds);
    this.#forTell.ring();
    this.#forPoll.ring();
    this.#pump();
  }

  /** With a limit no more than it lets in within a second: what comes in waits in the kernel, which knows of none. */
  #atATime(): number {
    const rate = this.#parts.hostRate();
    const limit = rate === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(rate / CHUNK_BYTES));
    return Math.min(limit, fetchesAtATime(this.#rate));
  }

  #depth(): number {
    return Math.min(MOST_DEPTH, Math.max(LEAST_DEPTH, Math.ceil(this.#rate * DEPTH_SECONDS)));
  }
}

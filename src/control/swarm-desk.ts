import { MimeoError } from '../errors.ts';
import type { ChunkList } from '../image/index.ts';
import type {
  Assignment as AssignmentWords,
  ExchangeReply,
  ExchangeRequest,
  JoinReply,
  JoinRequest,
  PeerPlace,
} from '../protocol/index.ts';
import { type Assignment, agreeSecret, type KeyPair, newKeyPair } from '../swarm/index.ts';
import { DeskPace } from './desk-pace.ts';
import type { DeskPorts } from './desk-ports.ts';
import { PairKeys } from './pair-keys.ts';
import type { SwarmTraffic } from './swarm-book.ts';
import { SwarmNews } from './swarm-news.ts';
import { groupsOf } from './swarm-words.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

/** A host that is silent for this long is gone: it says something every two seconds. */
const SILENCE_MS = 6500;
const TICK_MS = 1000;
const LOOK_MS = 250;
/** About what a chunk takes in a host's memory. */
const CHUNK_BYTES = 1_048_576;

interface Member {
  readonly hostId: string;
  readonly taskId: string;
  readonly deploymentId: string;
  readonly list: ChunkList;
  readonly address: string;
  readonly port: number;
  readonly secret: Buffer;
  readonly keys: PairKeys;
  heardAt: number;
  /** When it was last given work. */
  fedAt: number;
  /** Ends its question that waits for work, if there is one. */
  endQuestion: (() => void) | null;
}

/**
 * Where the agents of hosts that are being deployed meet: each says what it has, and is told whom to ask for what it
 * lacks. In memory only: after a restart they join again.
 */
export class SwarmDesk {
  readonly #ports: DeskPorts;
  readonly #members = new Map<string, Member>();
  readonly #waiting: WaitingLine;
  readonly #pace = new DeskPace();
  readonly #news: SwarmNews;
  readonly #keys: KeyPair = newKeyPair();
  /** What the day's clock was when the monotonic one was 0. */
  readonly #begunAt: number;
  #timer: NodeJS.Timeout | null = null;
  #looking: NodeJS.Timeout | null = null;

  constructor(ports: DeskPorts) {
    this.#ports = ports;
    this.#waiting = new WaitingLine(ports.clock);
    this.#news = new SwarmNews(ports);
    this.#begunAt = ports.clock.now() - ports.clock.monotonic();
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#looking = setInterval(() => this.#pace.note(this.#ports.busy()), LOOK_MS);
  }

  /** Lets nobody wait any more. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#timer = null;
    this.#looking = null;
    this.#waiting.stop();
  }

  /**
   * A host takes part from now on, with what its disk holds.
   *
   * @param address where its chunk server is reached: where it calls from, not what it says
   * @throws MimeoError `not-allowed`, `task-not-open`; `request-invalid` when its image is another than the task's
   */
  async join(hostId: string, taskId: string, address: string, request: JoinRequest): Promise<JoinReply> {
    const { scheduler, lists, images, directory, tasks, clock } = this.#ports;
    const task = await images.taskOf(hostId, taskId);
    if (task.state.kind !== 'deploy' || task.version === null) {
      throw new MimeoError('not-allowed', `Task ${taskId} puts no image on a disk.`);
    }
    const part = {
      name: task.image,
      version: task.version,
      disk: request.disk,
      unwritten: request.unwritten,
    };
    const { key, list } = await lists.of(part);
    const held = Buffer.from(request.held, 'base64');
    if (request.chunks !== list.length || held.length !== Math.ceil(list.length / 8)) {
      throw new MimeoError(
        'request-invalid',
        `This disk of ${task.image}@${task.version} has ${list.length} chunks.`,
      );
    }
    const [host, deployment] = await Promise.all([
      directory.get(hostId),
      tasks.deployment(task.deployment_id),
    ]);
    const context = `${hostId} ${taskId}`;
    const secret = agreeSecret(this.#keys, request.publicKey, context);
    this.#members.get(hostId)?.endQuestion?.();
    this.#members.set(hostId, {
      ...{ hostId, taskId, deploymentId: task.deployment_id, list, address, port: request.port, secret },
      keys: new PairKeys({ secret, address }),
      heardAt: clock.monotonic(),
      fedAt: Number.NEGATIVE_INFINITY,
      endQuestion: null,
    });
    scheduler.addImage(key, list);
    const facts = {
      ...{ peer: hostId, image: key, held, groups: groupsOf(address, host.lab), serves: request.port > 0 },
      ringChunks: Math.floor(request.ringBytes / CHUNK_BYTES),
    };
    scheduler.join(facts, clock.monotonic());
    this.#wake();
    const { hostLimit = null, lingerSeconds = 0 } = deployment?.network ?? {};
    const ticketNow = this.#ticketNow();
    return { publicKey: this.#keys.publicKey, hostRate: hostLimit, lingerSeconds, ticketNow };
  }

  /** Where a host calls from now: where it is not the place that others know, it has to join again. */
  calledFrom(hostId: string, address: string): void {
    const member = this.#members.get(hostId);
    if (member !== undefined && member.address !== address) this.leave(hostId);
  }

  /** Takes a host's report, and gives it work; waits for some until the request's time or the signal ends it. */
  async exchange(
    hostId: string,
    taskId: string,
    request: ExchangeRequest,
    signal: AbortSignal,
  ): Promise<ExchangeReply> {
    const { scheduler, clock } = this.#ports;
    const member = this.#members.get(hostId);
    if (member?.taskId !== taskId) return { kind: 'unknown' };
    this.#hear(member, request);
    if (request.leaving) {
      this.leave(hostId);
      return this.#reply(member, [], 0);
    }
    // Whose task has ended may stay and give; it takes nothing any more, and no keys.
    const isOpen = this.#ports.board.ofHost(hostId)?.id === taskId;
    if (request.room === 0 || !isOpen) return this.#reply(member, [], 0);
    scheduler.reconcile(hostId, request.holding);
    const asked = clock.monotonic();
    const until = this.#timer === null ? asked : asked + request.waitMs;
    const from = Math.min(until, member.fedAt + this.#pace.holdMs(this.#members.size));
    // A host asks one question at a time: an earlier one is of a connection that it has given up.
    member.endQuestion?.();
    return new Promise((resolve) => {
      let over = false;
      const attempt = (last: boolean, due: number): boolean => {
        const gone = over || signal.aborted;
        const reply = this.#feed(member, gone ? 0 : request.room, Math.max(0, due - asked));
        if (reply === null && !last) return false;
        signal.removeEventListener('abort', onGone);
        if (member.endQuestion === end) member.endQuestion = null;
        resolve(reply ?? this.#reply(member, [], Math.max(0, due - asked)));
        return true;
      };
      const waiter: Waiter = { from, until, attempt };
      const onGone = (): void => {
        this.#waiting.delete(waiter);
        attempt(true, clock.monotonic());
      };
      const end = (): void => {
        over = true;
        onGone();
      };
      const due = from <= asked;
      if (due && attempt(until <= asked || signal.aborted, asked)) return;
      signal.addEventListener('abort', onGone, { once: true });
      member.endQuestion = end;
      this.#waiting.add(waiter, due);
    });
  }

  /** Gives a host work, if there is some for it; null: not at this moment. */
  #feed(member: Member, room: number, heldMs: number): ExchangeReply | null {
    const { scheduler, clock } = this.#ports;
    if (this.#members.get(member.hostId) !== member) return { kind: 'unknown' };
    const now = clock.monotonic();
    const given = room === 0 ? [] : scheduler.take(member.hostId, room, now);
    if (given.length === 0) return null;
    member.heardAt = now;
    member.fedAt = now;
    return this.#reply(member, given, heldMs);
  }

  /** A host takes part no longer. */
  leave(hostId: string): void {
    if (!this.#members.delete(hostId)) return;
    this.#ports.scheduler.leave(hostId);
    this.#wake();
  }

  /** Who had how much from whom in a deployment, since this server was started. */
  traffic(deploymentId: string): SwarmTraffic {
    return this.#ports.book.traffic(deploymentId, this.#ports.clock.monotonic());
  }

  #hear(member: Member, { done, failed, memoryOnly }: ExchangeRequest): void {
    const { scheduler, book, clock } = this.#ports;
    const now = clock.monotonic();
    member.heardAt = now;
    const known = done.filter(({ chunk }) => chunk < member.list.length);
    scheduler.report(member.hostId, { done: known, failed }, now);
    if (memoryOnly) scheduler.memoryOnly(member.hostId);
    for (const { from, bytes } of known) {
      // Only what another host of this server can have sent is counted as sent.
      const source = from !== null && this.#members.has(from) ? from : null;
      if (bytes > 0) book.record(member.deploymentId, { from: source, to: member.hostId, bytes }, now);
    }
    if (known.length > 0 || failed.length > 0 || memoryOnly) this.#wake();
    this.#tellVerdicts();
  }

  #reply(member: Member, given: readonly Assignment[], heldMs: number): ExchangeReply {
    const { clock } = this.#ports;
    const peers: Record<string, PeerPlace> = {};
    const now = this.#ticketNow();
    const assignments = given.map(({ chunk, sources }): AssignmentWords => {
      const told: AssignmentWords['sources'] = [];
      for (const from of sources) {
        const source = from === null ? undefined : this.#members.get(from);
        // Who left in this moment is not named.
        if (from !== null && source === undefined) continue;
        told.push(from);
        if (source === undefined || from === null || from in peers) continue;
        const { address, port } = source;
        peers[from] = { address, port, ...member.keys.for(source, now) };
      }
      return { chunk, sources: told };
    });
    member.heardAt = clock.monotonic();
    const paceMs = this.#pace.reportMs(this.#members.size);
    return { kind: 'known', assignments, peers, paceMs, heldMs, needed: this.#isNeeded(member) };
  }

  /** A host that has everything stays for others, but not when there is another task for it. */
  #isNeeded({ hostId, taskId }: Member): boolean {
    const { scheduler, board } = this.#ports;
    if (!scheduler.needs(hostId)) return false;
    return scheduler.left(hostId) > 0 || (board.ofHost(hostId)?.id ?? taskId) === taskId;
  }

  /** Hosts know this clock from their join; the day's would make all tickets old when somebody sets it back. */
  #ticketNow(): number {
    return this.#begunAt + this.#ports.clock.monotonic();
  }

  #tick(): void {
    const { scheduler, clock } = this.#ports;
    const now = clock.monotonic();
    for (const { hostId, heardAt } of [...this.#members.values()])
      if (now - heardAt > SILENCE_MS) this.leave(hostId);
    scheduler.tick(now);
    this.#tellVerdicts();
    this.#wake();
  }

  #tellVerdicts(): void {
    for (const verdict of this.#ports.scheduler.verdicts())
      this.#news.tell(verdict, this.#members.get(verdict.peer) ?? null);
  }

  #wake(): void {
    this.#waiting.wake(this.#pace.wakeMs(this.#members.size));
  }
}

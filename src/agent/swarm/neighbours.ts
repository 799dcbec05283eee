import type { Clock } from '../../clock.ts';
import type { ChunkId } from '../../image/index.ts';
import type { JoinReply, JoinRequest } from '../../protocol/index.ts';
import {
  agreeSecret,
  ChunkRing,
  newKeyPair,
  Pace,
  PeerClient,
  PeerServer,
  readMemoryFacts,
  ringBytes,
} from '../../swarm/index.ts';
import type { ChunkSource, Wanted } from '../../transfer/index.ts';
import type { ServerLink } from '../server-link/server-link.ts';
import { fetchFrom } from './fetch-from.ts';
import { SwarmRound } from './swarm-round.ts';
import { SwarmSource } from './swarm-source.ts';

export interface NeighboursOptions {
  readonly link: ServerLink;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Bytes kept in memory for others; null: as the machine's memory allows. */
  readonly ringBytes: number | null;
}

/** Which disk of a task's image is written. */
export interface SwarmDisk {
  readonly taskId: string;
  /** 0 starts the machine. */
  readonly disk: number;
  /** Partitions of the image that are not written. */
  readonly unwritten: readonly number[];
}

const LOOK_MS = 100;

/**
 * This host among those that are being deployed: it fetches from them and serves them, from the first disk of a task
 * until it restarts.
 */
export class Neighbours {
  readonly #options: NeighboursOptions;
  readonly #keys = newKeyPair();
  /** What it sends, and what it receives. */
  readonly #sending: Pace;
  readonly #receiving: Pace;
  readonly #client: PeerClient;
  readonly #server: PeerServer;
  readonly #ended = new AbortController();
  #ring: ChunkRing | null = null;
  #port: Promise<number> | null = null;
  #secret: Buffer | null = null;
  #wanted: Wanted | null = null;
  #round: SwarmRound | null = null;
  #lingerSeconds = 0;
  /** How far the server's clock of tickets is before this host's monotonic one; milliseconds. */
  #ticketsAhead = 0;
  #hostRate: number | null = null;
  #servedBytes = 0;

  constructor(options: NeighboursOptions) {
    const { clock } = options;
    this.#options = options;
    this.#sending = new Pace(null, clock);
    this.#receiving = new Pace(null, clock);
    this.#client = new PeerClient({ pace: this.#receiving });
    this.#server = new PeerServer({
      frameOf: (id) => this.#frameOf(id),
      secret: () => this.#secret,
      serverNow: () => this.#ticketsAhead + clock.monotonic(),
      pace: this.#sending,
      onServed: ({ bytes }) => {
        this.#servedBytes += bytes;
      },
      clock,
    });
  }

  /** Where the chunks of a disk come from. */
  source(disk: SwarmDisk, signal: AbortSignal): ChunkSource {
    const { link } = this.#options;
    const begin = (wanted: Wanted): Promise<SwarmRound> => this.#begin(disk, wanted);
    return new SwarmSource({ link, taskId: disk.taskId, begin, signal });
  }

  /** The disk is no longer what the image says: only what is in memory is served. */
  serveFromMemoryOnly(): void {
    this.#round?.serveFromMemoryOnly();
  }

  /** Bytes sent to others so far. */
  get servedBytes(): number {
    return this.#servedBytes;
  }

  /** Goes on serving while somebody needs it, as long as the order allows. @returns for how many seconds it did */
  async linger(signal: AbortSignal): Promise<number> {
    const { clock } = this.#options;
    const from = clock.monotonic();
    const spent = (): number => (clock.monotonic() - from) / 1000;
    this.#round?.stayForOthers();
    while (this.#round?.needed && spent() < this.#lingerSeconds) await clock.delay(LOOK_MS, signal);
    return spent();
  }

  /** Leaves the others; nothing is under way afterwards. */
  async stop(): Promise<void> {
    this.#ended.abort(new Error('the host leaves its neighbours'));
    await this.#round?.leave();
    await this.#server.stop();
    this.#client.close();
    this.#ring?.clear();
  }

  async #begin(disk: SwarmDisk, wanted: Wanted): Promise<SwarmRound> {
    const { link, clock, log } = this.#options;
    await this.#round?.close();
    const bytes = this.#options.ringBytes ?? ringBytes(await readMemoryFacts());
    const ring = this.#ring ?? new ChunkRing(bytes);
    this.#ring = ring;
    this.#wanted = wanted;
    const { taskId } = disk;
    this.#round = new SwarmRound(wanted, {
      join: async (facts, signal) => {
        const port = await this.#listen();
        const { disk: number, unwritten } = disk;
        const own = { port, publicKey: this.#keys.publicKey, ringBytes: bytes };
        const request: JoinRequest = { ...facts, ...own, disk: number, unwritten: [...unwritten] };
        this.#joined(await link.joinSwarm(taskId, request, signal), await link.hello(signal), taskId);
      },
      exchange: (request, signal) => link.exchange(taskId, request, signal),
      fetchFrom: fetchFrom({
        ...{ link, client: this.#client, taskId, clock },
        secret: () => this.#secret,
      }),
      onSettled: (id, frame) => ring.put(id, frame),
      hostRate: () => this.#hostRate,
      clock,
      log,
    });
    return this.#round;
  }

  #joined(
    { publicKey, hostRate, lingerSeconds, ticketNow }: JoinReply,
    { hostId }: { hostId: string },
    taskId: string,
  ): void {
    this.#secret = agreeSecret(this.#keys, publicKey, `${hostId} ${taskId}`);
    this.#hostRate = hostRate;
    this.#sending.setRate(hostRate);
    this.#receiving.setRate(hostRate);
    this.#lingerSeconds = lingerSeconds;
    this.#ticketsAhead = ticketNow - this.#options.clock.monotonic();
  }

  /** The port of its chunk server; 0 where it cannot listen, and takes without giving. */
  #listen(): Promise<number> {
    this.#port ??= this.#server.start(this.#ended.signal).catch((thrown: unknown) => {
      this.#options.log(`serves no neighbours: ${String(thrown)}`);
      return 0;
    });
    return this.#port;
  }

  async #frameOf(id: ChunkId): Promise<Buffer | null> {
    const kept = this.#ring?.get(id);
    if (kept) return kept;
    const chunk = this.#wanted?.list.numberOf(id) ?? -1;
    const frame = chunk < 0 ? null : ((await this.#wanted?.readBack(chunk)) ?? null);
    if (frame !== null) this.#ring?.put(id, frame);
    return frame;
  }
}

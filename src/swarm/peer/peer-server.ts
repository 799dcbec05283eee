import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../clock.ts';
import type { ChunkId } from '../../image/index.ts';
import { SENT_AT_A_TIME } from '../scheduler/at-a-time.ts';
import { plainAddress } from './address-bytes.ts';
import { type ChunkRequest, parseChunkRequest } from './chunk-request.ts';
import { Pace } from './pace.ts';
import { sendFrame } from './send-frame.ts';
import { type GuardLimits, SocketGuard } from './socket-guard.ts';
import { isTicketRight } from './ticket.ts';
import { type Release, UploadSlots } from './upload-slots.ts';

export interface Served {
  /** Who asked. */
  readonly address: string;
  readonly chunk: ChunkId;
  /** Of the body, handed to the kernel; 0 when it broke off. */
  readonly bytes: number;
  /** From the slot's begin. */
  readonly ms: number;
}

export interface PeerServerLimits extends GuardLimits {
  /** Uploads at the same time: as many as each host fetches. */
  readonly slots: number;
  readonly mostWaiting: number;
  readonly mostWaitingEach: number;
  /** When a reader takes no byte for so long, the next one has his slot. */
  readonly stallMs: number;
  /** When he takes none for so long after that, he is cut off. */
  readonly cutMs: number;
  /** The longest that one upload may take. */
  readonly uploadMs: number;
}

export interface PeerServerParts {
  /** A chunk that is known to be right; null when this host does not hold it (any more). */
  readonly frameOf: (id: ChunkId) => Buffer | null | Promise<Buffer | null>;
  /** What tickets for this host are made with; null as long as none can be right. */
  readonly secret: () => Uint8Array | null;
  /** Milliseconds of the clock that the server makes tickets by. */
  readonly serverNow: () => number;
  /** Shared with all else that this host sends. */
  readonly pace?: Pace;
  readonly onServed?: (served: Served) => void;
  readonly clock?: Clock;
  readonly limits?: Partial<PeerServerLimits>;
}

const LIMITS: PeerServerLimits = {
  slots: SENT_AT_A_TIME,
  mostWaiting: 32,
  mostWaitingEach: 8,
  stallMs: 1000,
  cutMs: 4000,
  uploadMs: 60_000,
  mostSockets: 1024,
  mostSocketsEach: 32,
  mostRefusals: 64,
};

const NO_SECRET = new Uint8Array(32);
const NO_REQUEST: ChunkRequest = { id: '', expires: 0, ticket: '' };
const HEAD_MS = 5000;
/** Clients let go of a connection earlier, see `SocketPool`. */
const IDLE_MS = 20_000;
const GONE = new Error('the asker has gone');

/**
 * Serves chunks to neighbours that have a ticket of the server: `GET /chunk/<id>?expires=<ms>&ticket=<…>`. 200 with
 * the frame; 403 without a right ticket; 404 when it does not hold the chunk; 503 when too many wait.
 */
export class PeerServer {
  readonly #parts: PeerServerParts;
  readonly #limits: PeerServerLimits;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #slots: UploadSlots;
  readonly #guard: SocketGuard;
  readonly #uploads = new Set<Promise<void>>();
  #server: Server | null = null;

  constructor(parts: PeerServerParts) {
    this.#parts = parts;
    this.#limits = { ...LIMITS, ...parts.limits };
    this.#clock = parts.clock ?? systemClock;
    this.#pace = parts.pace ?? new Pace(null, this.#clock);
    this.#slots = new UploadSlots(this.#limits);
    this.#guard = new SocketGuard(this.#limits, this.#clock);
  }

  /**
   * @param host all addresses of the host by default
   * @returns the port that the system chose
   */
  async start(signal: AbortSignal, host?: string): Promise<number> {
    signal.throwIfAborted();
    const server = createServer(
      {
        maxHeaderSize: 2048,
        headersTimeout: HEAD_MS,
        requestTimeout: HEAD_MS,
        keepAliveTimeout: IDLE_MS,
        connectionsCheckingInterval: 1000,
      },
      (asked, reply) => this.#hear(asked, reply),
    );
    server.on('connection', (socket) => this.#guard.admit(socket));
    server.on('clientError', (_, socket) => socket.destroy());
    server.on('checkContinue', (_, reply: ServerResponse) => this.#refuse(reply));
    server.listen({ port: 0, ...(host === undefined ? {} : { host }) });
    try {
      await once(server, 'listening', { signal });
    } catch (thrown) {
      server.close();
      throw thrown;
    }
    this.#server = server;
    return (server.address() as AddressInfo).port;
  }

  /** Breaks off what is being sent; nothing of it is under way afterwards. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    server.closeAllConnections();
    await closed;
    await Promise.all(this.#uploads);
  }

  /** Uploads under way and waiting, and open connections. */
  get load(): { readonly active: number; readonly waiting: number; readonly sockets: number } {
    return { active: this.#slots.active, waiting: this.#slots.waiting, sockets: this.#guard.sockets };
  }

  #hear(asked: IncomingMessage, reply: ServerResponse): void {
    const address = plainAddress(asked.socket.remoteAddress ?? '');
    const request = parseChunkRequest(asked);
    const { id, expires, ticket } = request ?? NO_REQUEST;
    const secret = this.#parts.secret();
    // The same work, whatever is wrong.
    const right = isTicketRight(
      secret ?? NO_SECRET,
      { address, chunk: id, expires },
      ticket,
      this.#parts.serverNow(),
    );
    if (!right || secret === null || request === null) {
      this.#refuse(reply);
      return;
    }
    this.#guard.trust(asked.socket);
    const gone = new AbortController();
    reply.once('close', () => gone.abort(GONE));
    const slot = this.#slots.take(address, gone.signal);
    if (slot === null) {
      reply.writeHead(503, { 'content-length': 0, 'retry-after': '1' }).end();
      return;
    }
    const upload = this.#upload(id, address, slot, reply, gone).finally(() => this.#uploads.delete(upload));
    this.#uploads.add(upload);
  }

  async #upload(
    id: ChunkId,
    address: string,
    slot: Promise<Release>,
    reply: ServerResponse,
    gone: AbortController,
  ): Promise<void> {
    let release: Release;
    try {
      release = await slot;
    } catch {
      return;
    }
    const since = this.#clock.monotonic();
    const deadline = setTimeout(() => reply.destroy(), this.#limits.uploadMs);
    let bytes = 0;
    try {
      const frame = await this.#frameOf(id);
      gone.signal.throwIfAborted();
      if (frame === null) {
        reply.writeHead(404, { 'content-length': 0 }).end();
        return;
      }
      const { stallMs, cutMs } = this.#limits;
      const signal = gone.signal;
      await sendFrame(reply, frame, { pace: this.#pace, stallMs, cutMs, onStall: release, signal });
      bytes = frame.length;
    } catch {
      // The asker has gone, or takes nothing.
      reply.destroy();
    } finally {
      clearTimeout(deadline);
      release();
    }
    this.#parts.onServed?.({ address, chunk: id, bytes, ms: this.#clock.monotonic() - since });
  }

  /** What cannot be read is not there, for the asker. */
  async #frameOf(id: ChunkId): Promise<Buffer | null> {
    try {
      return await this.#parts.frameOf(id);
    } catch {
      return null;
    }
  }

  #refuse(reply: ServerResponse): void {
    this.#guard.refuse(plainAddress(reply.req.socket.remoteAddress ?? ''));
    reply.writeHead(403, { 'content-length': 0, connection: 'close' }).end();
  }
}

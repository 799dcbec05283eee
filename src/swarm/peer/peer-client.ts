import { type Clock, systemClock } from '../../clock.ts';
import { type ChunkRequest, chunkPath } from './chunk-request.ts';
import { FetchFault, type FetchFaultWhy } from './fetch-fault.ts';
import { Pace } from './pace.ts';
import { type Place, type Reply, SocketPool } from './socket-pool.ts';

/** A frame is no longer than its chunk and what zstd adds at most. */
const MOST_FRAME_BYTES = 1024 * 1024 + 64 * 1024;
/** By then a hedge has long been tried; what comes after it would only take the line from others. */
const IDLE_MS = 10_000;

const WHY: Readonly<Record<number, FetchFaultWhy>> = { 403: 'refused', 404: 'gone', 503: 'busy' };

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Gives up as `silent` when no byte came for so long; 10 s unless told, see `hedgedFetch` for trying others earlier. */
  readonly idleMs?: number;
  readonly mostBytes?: number;
  /** Hears of all bytes as they come, and of none when it is connected. */
  readonly onBytes?: (bytes: number) => void;
}

/** A question that may be asked twice: where a kept connection is lost with it, it is asked again. */
export interface FrameCall {
  readonly method: 'GET' | 'POST';
  /** With its query, as it goes over the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface PeerClientParts {
  readonly clock?: Clock;
  /** Shared with all else that this host receives; no limit unless told. */
  readonly pace?: Pace;
  /** Connections kept at most while nothing is asked on them. */
  readonly sockets?: number;
}

/** Fetches chunks from neighbours over connections that are kept. */
export class PeerClient {
  readonly #pool: SocketPool;
  /** All that this host receives goes through it. */
  readonly pace: Pace;

  constructor({ clock = systemClock, pace = new Pace(null, clock), sockets = 32 }: PeerClientParts = {}) {
    this.pace = pace;
    this.#pool = new SocketPool(sockets, pace);
  }

  /**
   * The frame as it came: the caller compares it with its name.
   *
   * @throws FetchFault; the signal's reason
   */
  async fetch(place: Place, request: ChunkRequest, options: FetchOptions): Promise<Buffer> {
    const { status, body } = await this.ask(place, { method: 'GET', path: chunkPath(request) }, options);
    if (status === 200) return body;
    const why = WHY[status];
    if (why !== undefined) throw new FetchFault(why, `it answers ${status}`);
    throw new FetchFault('unreachable', `it answers ${status}, which no peer does`);
  }

  /**
   * Any answer that states its length, also the server's: the same connections, pace and memory.
   *
   * @throws FetchFault `unreachable`, `silent`, `too-long`, `unclear`; the signal's reason
   */
  async ask(place: Place, call: FrameCall, options: FetchOptions): Promise<Reply> {
    // What came already is paid for first: small frames come whole before anything can be held back.
    await this.pace.turn(0, options.signal);
    const { method, path, headers = {}, body } = call;
    const host = place.address.includes(':') ? `[${place.address}]` : place.address;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
    const head = [`${method} ${path} HTTP/1.1`, `Host: ${host}:${place.port}`, ...lines];
    if (head.some((line) => /[\r\n]/.test(line))) throw new Error('a line of a request has a line break');
    const question = {
      text: `${head.join('\r\n')}\r\n\r\n${body ?? ''}`,
      mostBytes: options.mostBytes ?? MOST_FRAME_BYTES,
      idleMs: options.idleMs ?? IDLE_MS,
      onBytes: options.onBytes,
    };
    return await this.#pool.ask(place, question, options.signal);
  }

  close(): void {
    this.#pool.close();
  }
}

import { type Clock, systemClock } from '../../clock.ts';
import { type ChunkRequest, chunkPath } from './chunk-request.ts';
import { FetchFault, type FetchFaultWhy } from './fetch-fault.ts';
import { Pace } from './pace.ts';
import { type Place, SocketPool } from './socket-pool.ts';

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
    // What came already is paid for first: small frames come whole before anything can be held back.
    await this.pace.turn(0, options.signal);
    const host = place.address.includes(':') ? `[${place.address}]` : place.address;
    const question = {
      text: `GET ${chunkPath(request)} HTTP/1.1\r\nHost: ${host}:${place.port}\r\n\r\n`,
      mostBytes: options.mostBytes ?? MOST_FRAME_BYTES,
      idleMs: options.idleMs ?? IDLE_MS,
      onBytes: options.onBytes,
    };
    const { status, body } = await this.#pool.ask(place, question, options.signal);
    if (status === 200) return body;
    const why = WHY[status];
    if (why !== undefined) throw new FetchFault(why, `it answers ${status}`);
    throw new FetchFault('unreachable', `it answers ${status}, which no peer does`);
  }

  close(): void {
    this.#pool.close();
  }
}

import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { MimeoError } from '../../errors.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Absolute path with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Gives up when nothing moved on the wire for this long. */
  readonly idleMs: number;
  /** A longer reply is refused. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Kept-alive HTTP connections to the one server. Chunks have sockets of their own, so that a report never
 * waits behind megabytes.
 */
export class Connection {
  readonly #base: URL;
  readonly #agent: Agent;

  /** @param sockets most connections at a time */
  constructor(base: URL, sockets: number) {
    this.#base = base;
    this.#agent = new Agent({ keepAlive: true, maxSockets: sockets });
  }

  /**
   * @throws MimeoError `server-unreachable` when no whole reply came; the signal's reason when it was aborted
   */
  send(call: HttpCall): Promise<HttpReply> {
    return new Promise((resolve, reject) => {
      if (call.signal.aborted) {
        reject(call.signal.reason);
        return;
      }
      const asked = request(
        new URL(call.path, this.#base),
        {
          agent: this.#agent,
          method: call.method,
          // Counts from the first try to connect on; the kernel alone would try for two minutes.
          timeout: call.idleMs,
          headers: { ...call.headers, ...(call.body ? { 'content-length': String(call.body.length) } : {}) },
        },
        (reply) => void collect(reply, call.mostBytes).then(done, fail),
      );
      const onAbort = (): void => {
        asked.destroy();
        settle();
        reject(call.signal.reason);
      };
      const settle = (): void => call.signal.removeEventListener('abort', onAbort);
      const done = (reply: HttpReply): void => {
        settle();
        resolve(reply);
      };
      const fail = (thrown: unknown): void => {
        settle();
        asked.destroy();
        reject(thrown instanceof MimeoError ? thrown : unreachable(thrown, this.#base));
      };
      call.signal.addEventListener('abort', onAbort, { once: true });
      asked.on('error', fail);
      asked.on('timeout', () => {
        asked.destroy(new Error(`no answer for ${Math.round(call.idleMs / 1000)} s`));
      });
      asked.end(call.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The whole body; a body cut short is an error, never a short buffer. */
function collect(reply: IncomingMessage, mostBytes: number): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    reply.on('data', (part: Buffer) => {
      length += part.length;
      parts.push(part);
      if (length > mostBytes) {
        reject(new MimeoError('server-reply', `The server sent more than ${mostBytes} bytes for one reply.`));
        reply.destroy();
      }
    });
    // Also when the connection ends in the middle of the body.
    reply.on('error', reject);
    reply.on('end', () => {
      if (reply.complete) {
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          body: Buffer.concat(parts, length),
        });
      }
    });
  });
}

function unreachable(thrown: unknown, base: URL): MimeoError {
  const words = thrown instanceof Error && thrown.message !== '' ? thrown.message : String(thrown);
  return new MimeoError('server-unreachable', `The server at ${base.host} cannot be reached: ${words}.`, {
    cause: thrown,
  });
}

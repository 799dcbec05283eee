import {
  type HelloReply,
  type HelloRequest,
  helloReplySchema,
  helloRequestSchema,
  PROTOCOL_VERSION,
} from '../../protocol/index.ts';
import type { Connection } from './connection.ts';
import { readJson, SHORT_REPLY, writeJson } from './json.ts';
import { refusalOf } from './refusal.ts';

export interface SessionParts {
  readonly connection: Connection;
  /** Read anew for each hello: a cable may have been plugged in since. */
  readonly introduce: () => Promise<Pick<HelloRequest, 'bootNonce' | 'inventory' | 'uptimeSeconds'>>;
  readonly onHello: (reply: HelloReply) => void;
}

/** Who we are to the server: says hello when there is no token, once for all callers that wait for it. */
export class Session {
  readonly #parts: SessionParts;
  #reply: HelloReply | null = null;
  #saying: Promise<HelloReply> | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The reply to the hello in force, saying hello first if there is none. */
  async current(signal: AbortSignal): Promise<HelloReply> {
    if (this.#reply !== null) return this.#reply;
    this.#saying ??= this.#hello().finally(() => {
      this.#saying = null;
    });
    return unlessAborted(this.#saying, signal);
  }

  /** Forgets a token that the server does not know; a newer one stays. */
  forget(token: string): void {
    if (this.#reply?.token === token) this.#reply = null;
  }

  async #hello(): Promise<HelloReply> {
    const request: HelloRequest = { protocol: PROTOCOL_VERSION, ...(await this.#parts.introduce()) };
    const reply = await this.#parts.connection.send({
      method: 'POST',
      path: '/agent/v1/hello',
      headers: { 'content-type': 'application/json' },
      body: writeJson(helloRequestSchema, request, 'hello'),
      ...SHORT_REPLY,
      // It is said for everybody who waits: one of them giving up must not end it for the others.
      signal: new AbortController().signal,
    });
    if (reply.status !== 200) throw refusalOf(reply, 'hello');
    this.#reply = readJson(helloReplySchema, reply.body, 'hello');
    this.#parts.onHello(this.#reply);
    return this.#reply;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

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
    this.#saying ??= this.#hello(signal).finally(() => {
      this.#saying = null;
    });
    return this.#saying;
  }

  /** Forgets a token that the server does not know; a newer one stays. */
  forget(token: string): void {
    if (this.#reply?.token === token) this.#reply = null;
  }

  async #hello(signal: AbortSignal): Promise<HelloReply> {
    const request: HelloRequest = { protocol: PROTOCOL_VERSION, ...(await this.#parts.introduce()) };
    const reply = await this.#parts.connection.send({
      method: 'POST',
      path: '/agent/v1/hello',
      headers: { 'content-type': 'application/json' },
      body: writeJson(helloRequestSchema, request, 'hello'),
      ...SHORT_REPLY,
      signal,
    });
    if (reply.status !== 200) throw refusalOf(reply, 'hello');
    this.#reply = readJson(helloReplySchema, reply.body, 'hello');
    this.#parts.onHello(this.#reply);
    return this.#reply;
  }
}

import { MimeoError } from '../../errors.ts';
import { FetchFault, type PeerClient } from '../../swarm/index.ts';
import type { Connection, HttpCall, HttpReply } from './connection.ts';

export interface FrameLineParts {
  /** `http:` */
  readonly base: URL;
  /** For replies that do not state their length, as those that went through a proxy. */
  readonly plain: Pick<Connection, 'send'>;
  readonly client: PeerClient;
  readonly onBytes?: (bytes: number) => void;
}

/**
 * What is asked often, over connections of our own client of chunk servers instead of node's: the kernel writes replies
 * to where they stay, and a short question costs a third of the processor's time.
 */
export class FrameLine {
  readonly #base: URL;
  readonly #plain: Pick<Connection, 'send'>;
  readonly #client: PeerClient;
  readonly #onBytes: ((bytes: number) => void) | undefined;

  constructor({ base, plain, client, onBytes }: FrameLineParts) {
    this.#base = base;
    this.#plain = plain;
    this.#client = client;
    this.#onBytes = onBytes;
  }

  /** @throws MimeoError `server-unreachable` when no whole reply came; the signal's reason when it was aborted */
  async send(call: HttpCall): Promise<HttpReply> {
    const { method, path, headers = {}, body: asked, idleMs, mostBytes, signal } = call;
    if (method === 'PUT') return this.#plain.send(call);
    const { hostname, port } = this.#base;
    const place = { address: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 80 };
    const onBytes = this.#onBytes;
    const options = { signal, idleMs, mostBytes, ...(onBytes === undefined ? {} : { onBytes }) };
    try {
      const question = { method, path, headers, ...(asked === undefined ? {} : { body: textOf(asked) }) };
      const { status, body } = await this.#client.ask(place, question, options);
      return { status, headers: {}, body };
    } catch (thrown) {
      if (!(thrown instanceof FetchFault)) throw thrown;
      if (thrown.why === 'unclear') return this.#plain.send(call);
      const words = `The server at ${this.#base.host} cannot be reached: ${thrown.message}.`;
      throw new MimeoError('server-unreachable', words, { cause: thrown });
    }
  }
}

/** Bodies of questions are JSON. */
function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}

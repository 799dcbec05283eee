import { connect, type Socket } from 'node:net';
import { FetchFault } from './fetch-fault.ts';
import { Gather } from './gather.ts';
import type { Pace } from './pace.ts';
import { MOST_HEAD_BYTES, parseReplyHead, type ReplyHead } from './reply-head.ts';

export interface Place {
  readonly address: string;
  readonly port: number;
}

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

export interface Question {
  /** The whole request. */
  readonly text: string;
  /** A longer body is refused. */
  readonly mostBytes: number;
  /** Gives up when no byte came for so long; times when the pace does not let it read do not count. */
  readonly idleMs: number;
  /** Hears of all bytes as they come, and of none when it is connected. */
  readonly onBytes: ((bytes: number) => void) | undefined;
}

interface Under {
  readonly question: Question;
  readonly settle: (outcome: Reply | FetchFault) => void;
  head: ReplyHead | null;
  body: Buffer | null;
  filled: number;
}

/**
 * One HTTP/1.1 connection for one question at a time. The kernel writes the body to where it stays: node's own client
 * hands it out in new pieces of 64 KiB that must be copied, three times the CPU (docs/swarm.md).
 */
export class FrameSocket {
  readonly #socket: Socket;
  readonly #pace: Pace;
  readonly #headRoom = Buffer.allocUnsafeSlow(MOST_HEAD_BYTES);
  readonly #gather = new Gather();
  #headFilled = 0;
  #under: Under | null = null;
  #idle: NodeJS.Timeout | null = null;
  #resume: NodeJS.Timeout | null = null;

  constructor(place: Place, pace: Pace) {
    this.#pace = pace;
    this.#socket = connect({
      host: place.address,
      port: place.port,
      noDelay: true,
      onread: { buffer: () => this.#room(), callback: (bytes) => this.#came(bytes) },
    });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('error', (fault) => this.#broken(fault.message, fault));
    this.#socket.on('end', () => this.#broken('the connection was closed'));
    this.#socket.on('close', () => this.#broken('the connection was closed'));
  }

  /** Whether it can take a question. */
  get usable(): boolean {
    return this.#under === null && !this.#socket.destroyed;
  }

  /** Whether any byte of a reply has come since the last question. */
  get begun(): boolean {
    return this.#headFilled > 0;
  }

  /**
   * @throws FetchFault `unreachable`, `silent`, `too-long`; the signal's reason. The connection is closed then.
   */
  ask(question: Question, signal: AbortSignal): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        this.#forget();
        this.destroy();
        reject(signal.reason);
      };
      const settle = (outcome: Reply | FetchFault): void => {
        signal.removeEventListener('abort', onAbort);
        this.#forget();
        if (outcome instanceof FetchFault) {
          this.destroy();
          reject(outcome);
        } else {
          resolve(outcome);
        }
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#headFilled = 0;
      this.#under = { question, settle, head: null, body: null, filled: 0 };
      this.#idle = setTimeout(() => this.#silent(), question.idleMs);
      if (!this.#socket.connecting) question.onBytes?.(0);
      this.#socket.ref();
      this.#socket.write(question.text);
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Lets the program end while nothing is asked. */
  unref(): void {
    this.#socket.unref();
  }

  #forget(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    if (this.#resume !== null) clearTimeout(this.#resume);
    [this.#idle, this.#resume, this.#under] = [null, null, null];
  }

  /** Where the kernel is to write next. */
  #room(): Buffer {
    const { body, filled } = this.#under ?? { body: null, filled: 0 };
    if (body === null) return this.#headRoom.subarray(this.#headFilled);
    return body.subarray(filled, this.#pace.limited ? filled + this.#pace.sliceBytes : undefined);
  }

  /** @returns false to read no more for now */
  #came(bytes: number): boolean {
    const under = this.#under;
    if (under === null) {
      // Nothing was asked.
      this.destroy();
      return false;
    }
    this.#idle?.refresh();
    under.question.onBytes?.(bytes);
    const debtMs = this.#pace.came(bytes);
    let gatherMs = 0;
    if (under.body === null) {
      this.#readHead(under, bytes);
    } else {
      under.filled += bytes;
      gatherMs = this.#gather.after(bytes, under.body.length - under.filled);
    }
    if (this.#under === null) return true;
    if (under.head !== null && under.filled === under.body?.length) {
      const { status, keeps } = under.head;
      this.#headFilled = 0;
      under.settle({ status, body: under.body });
      if (!keeps) this.destroy();
      return true;
    }
    const ms = Math.max(debtMs, gatherMs);
    if (ms >= 1) this.#wait(ms);
    return ms < 1;
  }

  #readHead(under: Under, bytes: number): void {
    this.#headFilled += bytes;
    const bytesSoFar = this.#headRoom.subarray(0, this.#headFilled);
    const head = parseReplyHead(bytesSoFar);
    if (head === null) return;
    if (head === 'wrong' || this.#headFilled - head.bytes > head.length) {
      under.settle(new FetchFault('unclear', 'it answers with something else than a chunk'));
      return;
    }
    if (head.length > under.question.mostBytes) {
      under.settle(new FetchFault('too-long', `it would send ${head.length} bytes`));
      return;
    }
    under.head = head;
    // Not from the pool of small buffers: the frame stays, and would keep its neighbours.
    under.body = Buffer.allocUnsafeSlow(head.length);
    under.filled = bytesSoFar.copy(under.body, 0, head.bytes);
  }

  /** Stops reading for a while: the kernel gathers bytes, and when it has no room the other side waits. */
  #wait(ms: number): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#resume = setTimeout(() => {
      const { question } = this.#under ?? {};
      if (question === undefined) return;
      this.#idle = setTimeout(() => this.#silent(), question.idleMs);
      this.#socket.resume();
    }, ms);
  }

  #connected(): void {
    this.#idle?.refresh();
    this.#under?.question.onBytes?.(0);
  }

  #silent(): void {
    const ms = this.#under?.question.idleMs ?? 0;
    const why = this.#socket.connecting ? 'unreachable' : 'silent';
    this.#under?.settle(new FetchFault(why, `no byte came for ${ms} ms`));
  }

  #broken(words: string, cause?: unknown): void {
    this.#under?.settle(new FetchFault('unreachable', words, cause));
    this.#socket.destroy();
  }
}

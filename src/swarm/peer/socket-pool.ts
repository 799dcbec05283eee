import { FetchFault } from './fetch-fault.ts';
import { FrameSocket, type Place, type Question, type Reply } from './frame-socket.ts';
import type { Pace } from './pace.ts';

export type { Place, Reply } from './frame-socket.ts';

/** Shorter than a peer's own patience with an idle connection. */
const KEEP_MS = 10_000;

interface Kept {
  readonly key: string;
  readonly socket: FrameSocket;
  readonly timer: NodeJS.Timeout;
}

/** Connections that wait for the next question to the same place; only so many, the oldest are closed first. */
export class SocketPool {
  readonly #most: number;
  readonly #pace: Pace;
  readonly #open = new Set<FrameSocket>();
  #kept: Kept[] = [];
  #closed = false;

  constructor(most: number, pace: Pace) {
    this.#most = most;
    this.#pace = pace;
  }

  /** @throws what {@link FrameSocket.ask} throws */
  async ask(place: Place, question: Question, signal: AbortSignal): Promise<Reply> {
    signal.throwIfAborted();
    const key = `${place.address} ${place.port}`;
    const kept = this.#take(key);
    if (kept !== null) {
      try {
        return await this.#askOn(kept, key, question, signal);
      } catch (thrown) {
        // The other side may have closed it at the very moment; then a new one tells more.
        const lost = thrown instanceof FetchFault && thrown.why === 'unreachable' && !kept.begun;
        if (!lost || signal.aborted) throw thrown;
      }
    }
    return await this.#askOn(new FrameSocket(place, this.#pace), key, question, signal);
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#open) socket.destroy();
    for (const { timer } of this.#kept) clearTimeout(timer);
    this.#kept = [];
  }

  async #askOn(socket: FrameSocket, key: string, question: Question, signal: AbortSignal): Promise<Reply> {
    this.#open.add(socket);
    try {
      return await socket.ask(question, signal);
    } finally {
      this.#keep(socket, key);
    }
  }

  #keep(socket: FrameSocket, key: string): void {
    if (this.#closed || !socket.usable) {
      this.#drop(socket);
      return;
    }
    socket.unref();
    const timer = setTimeout(() => {
      this.#kept = this.#kept.filter((one) => one.socket !== socket);
      this.#drop(socket);
    }, KEEP_MS).unref();
    this.#kept.push({ key, socket, timer });
    if (this.#kept.length <= this.#most) return;
    const oldest = this.#kept.shift();
    if (oldest === undefined) return;
    clearTimeout(oldest.timer);
    this.#drop(oldest.socket);
  }

  /** The latest used first: the others may grow old and go. */
  #take(key: string): FrameSocket | null {
    for (;;) {
      const at = this.#kept.findLastIndex((one) => one.key === key);
      const [one] = at < 0 ? [] : this.#kept.splice(at, 1);
      if (one === undefined) return null;
      clearTimeout(one.timer);
      if (one.socket.usable) return one.socket;
      this.#drop(one.socket);
    }
  }

  #drop(socket: FrameSocket): void {
    socket.destroy();
    this.#open.delete(socket);
  }
}

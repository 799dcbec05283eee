import type { ChunkId } from '../../image/index.ts';

/** What the map and the buffer of one frame take beside its bytes, roughly. */
const ENTRY_BYTES = 512;

interface Entry {
  readonly frame: Buffer;
  /** Since it was put, or came to the end of the ring and was let go round again. */
  asked: boolean;
}

export interface RingStatistics {
  readonly chunks: number;
  /** Of memory, frames and what holds them. */
  readonly bytes: number;
  readonly mostBytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evicted: number;
}

/**
 * Verified frames in memory, for others; the oldest goes first. One that was asked for since it came, or since its last
 * round, goes round once more: the wishes for a chunk come in one burst, while it spreads through the lab, and what
 * nobody asks for any more is everywhere already.
 */
export class ChunkRing {
  readonly #mostBytes: number;
  /** The oldest first. */
  readonly #entries = new Map<ChunkId, Entry>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #evicted = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Keeps a frame that is known to be right; one that is larger than the ring is not kept. */
  put(id: ChunkId, frame: Buffer): void {
    const cost = frame.length + ENTRY_BYTES;
    if (cost > this.#mostBytes || this.#entries.has(id)) return;
    while (this.#bytes + cost > this.#mostBytes) this.#evictOne();
    this.#entries.set(id, { frame: ownMemory(frame), asked: false });
    this.#bytes += cost;
  }

  /** For somebody who asked. */
  get(id: ChunkId): Buffer | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      this.#misses++;
      return null;
    }
    this.#hits++;
    entry.asked = true;
    return entry.frame;
  }

  has(id: ChunkId): boolean {
    return this.#entries.has(id);
  }

  /** Lets everything go; what is being sent at the moment is sent whole. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  statistics(): RingStatistics {
    return {
      chunks: this.#entries.size,
      bytes: this.#bytes,
      mostBytes: this.#mostBytes,
      hits: this.#hits,
      misses: this.#misses,
      evicted: this.#evicted,
    };
  }

  #evictOne(): void {
    for (const [id, entry] of this.#entries) {
      this.#entries.delete(id);
      if (!entry.asked) {
        this.#bytes -= entry.frame.length + ENTRY_BYTES;
        this.#evicted++;
        return;
      }
      entry.asked = false;
      this.#entries.set(id, entry);
    }
  }
}

/** A view into a larger memory would keep all of that. */
function ownMemory(frame: Buffer): Buffer {
  if (frame.buffer.byteLength === frame.length) return frame;
  const own = Buffer.allocUnsafeSlow(frame.length);
  frame.copy(own);
  return own;
}

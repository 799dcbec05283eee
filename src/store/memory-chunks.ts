import type { ChunkId } from '../image/index.ts';
import type { Reclaimed } from './port.ts';
import type { ChunkFacts, ChunkShelf, ShelfUsage } from './shelf.ts';

type Frames = Map<ChunkId, { readonly frame: Buffer; readonly sinceMs: number }>;

/** Chunks that are gone with the process; see {@link ChunkShelf}. */
export class MemoryChunks implements ChunkShelf {
  readonly #stored: Frames = new Map();
  readonly #quarantine: Frames = new Map();
  readonly #damaged: Frames = new Map();
  readonly losses: number = 0;

  async facts(id: ChunkId): Promise<ChunkFacts | null> {
    return factsIn(this.#stored, id);
  }
  async put(id: ChunkId, frame: Uint8Array): Promise<void> {
    this.#stored.set(id, { frame: Buffer.from(frame), sinceMs: Date.now() });
    this.#damaged.delete(id);
  }
  async get(id: ChunkId): Promise<Buffer | null> {
    const kept = this.#stored.get(id);
    return kept && kept.frame.length > 0 ? Buffer.from(kept.frame) : null;
  }
  async setAside(id: ChunkId): Promise<void> {
    move(id, this.#stored, this.#damaged);
  }
  deleteNow(id: ChunkId): boolean {
    return this.#stored.delete(id);
  }
  async land(): Promise<void> {
    // Everything is there as soon as it was put.
  }
  async sync(): Promise<void> {
    // Memory has nothing that a power cut would spare.
  }
  async *all(): AsyncGenerator<ChunkId[]> {
    yield Array.from(this.#stored.keys());
  }
  quarantineNow(id: ChunkId): boolean {
    return move(id, this.#stored, this.#quarantine);
  }
  async restore(id: ChunkId): Promise<boolean> {
    return move(id, this.#quarantine, this.#stored);
  }
  async quarantined(): Promise<ChunkId[]> {
    return Array.from(this.#quarantine.keys());
  }
  async quarantineFacts(id: ChunkId): Promise<ChunkFacts | null> {
    return factsIn(this.#quarantine, id);
  }
  deleteQuarantinedNow(id: ChunkId): boolean {
    return this.#quarantine.delete(id);
  }
  restamp(id: ChunkId): void {
    for (const frames of [this.#stored, this.#quarantine]) {
      const kept = frames.get(id);
      if (kept) frames.set(id, { ...kept, sinceMs: Date.now() });
    }
  }
  async usage(): Promise<ShelfUsage> {
    return {
      stored: total(this.#stored),
      quarantined: total(this.#quarantine),
      damaged: total(this.#damaged),
      freeBytes: null,
    };
  }
}

function factsIn(frames: Frames, id: ChunkId): ChunkFacts | null {
  const kept = frames.get(id);
  return kept ? { bytes: kept.frame.length, sinceMs: kept.sinceMs } : null;
}

function move(id: ChunkId, from: Frames, to: Frames): boolean {
  const kept = from.get(id);
  if (kept) to.set(id, { ...kept, sinceMs: Date.now() });
  return from.delete(id);
}

function total(frames: Frames): Reclaimed {
  const bytes = Array.from(frames.values(), ({ frame }) => frame.length);
  return { chunks: bytes.length, bytes: bytes.reduce((sum, one) => sum + one, 0) };
}

import type { ChunkId } from '../image/index.ts';
import type { Reclaimed } from './port.ts';
import type { ChunkFacts, ChunkShelf, IndexNote, IndexShelf, ShelfUsage } from './shelf.ts';

type Frames = Map<ChunkId, { readonly frame: Buffer; readonly sinceMs: number }>;

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

interface Kept {
  /** Null stands for a version that left, whose number stays taken. */
  readonly bytes: Buffer | null;
  readonly why: 'there' | 'removed' | 'renamed';
  readonly mark: string;
}

export class MemoryIndexes implements IndexShelf {
  readonly #indexes = new Map<string, Map<number, Kept>>();
  readonly #notes = new Map<string, Buffer>();
  #writes = 0;

  async names(): Promise<string[]> {
    return [...this.#indexes.keys()];
  }
  async versions(name: string): Promise<number[]> {
    return this.#numbers(name, (kept) => kept.bytes !== null);
  }
  async nextVersion(name: string): Promise<number> {
    return (this.#numbers(name, () => true).at(-1) ?? 0) + 1;
  }
  async removedNumbers(name: string): Promise<number[]> {
    return this.#numbers(name, ({ why }) => why === 'removed');
  }
  async read(name: string, version: number): Promise<Buffer | null> {
    return this.#indexes.get(name)?.get(version)?.bytes ?? null;
  }
  async mark(name: string, version: number): Promise<string | null> {
    const kept = this.#indexes.get(name)?.get(version);
    return kept === undefined || kept.bytes === null ? null : kept.mark;
  }
  async write(name: string, version: number, bytes: Uint8Array): Promise<void> {
    this.#keep(name, version, Buffer.from(bytes), 'there');
  }
  async remove(name: string, version: number, why: 'removed' | 'renamed'): Promise<void> {
    this.#keep(name, version, null, why);
  }
  async readNote(name: string, note: IndexNote): Promise<Buffer | null> {
    return this.#notes.get(`${name}/${note}`) ?? null;
  }
  async writeNote(name: string, note: IndexNote, bytes: Uint8Array | null): Promise<void> {
    if (bytes === null) this.#notes.delete(`${name}/${note}`);
    else this.#notes.set(`${name}/${note}`, Buffer.from(bytes));
  }
  async readSummaries(): Promise<Buffer | null> {
    return null;
  }
  async writeSummaries(): Promise<void> {
    // What is in memory need not be read faster.
  }

  #keep(name: string, version: number, bytes: Buffer | null, why: Kept['why']): void {
    const versions = this.#indexes.get(name) ?? new Map<number, Kept>();
    this.#indexes.set(name, versions.set(version, { bytes, why, mark: `${this.#writes++}` }));
  }

  #numbers(name: string, wanted: (kept: Kept) => boolean): number[] {
    const all = [...(this.#indexes.get(name) ?? [])];
    return all
      .filter(([, kept]) => wanted(kept))
      .map(([version]) => version)
      .sort((a, b) => a - b);
  }
}

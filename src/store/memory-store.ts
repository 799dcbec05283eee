import { formatImageReference } from '../image/index.ts';
import type { CatalogOptions } from './catalog.ts';
import type { ChunkShelf, IndexShelf } from './shelf.ts';
import { ShelfStore } from './shelf-store.ts';

/** A store that forgets: for the tests of whoever needs one. */
export class MemoryStore extends ShelfStore {
  constructor(options: Omit<CatalogOptions, 'indexes'>) {
    super({ ...options, chunks: new MemoryChunks(), indexes: new MemoryIndexes() });
  }
}

class MemoryChunks implements ChunkShelf {
  readonly #frames = new Map<string, { frame: Buffer; at: number }>();

  async size(id: string): Promise<number> {
    return this.#frames.get(id)?.frame.length ?? 0;
  }
  async put(id: string, frame: Uint8Array): Promise<void> {
    this.#frames.set(id, { frame: Buffer.from(frame), at: Date.now() });
  }
  async get(id: string): Promise<Buffer | null> {
    const kept = this.#frames.get(id);
    return kept ? Buffer.from(kept.frame) : null;
  }
  async setAside(id: string): Promise<void> {
    this.#frames.delete(id);
  }
  deleteNow(id: string): number {
    const bytes = this.#frames.get(id)?.frame.length ?? 0;
    this.#frames.delete(id);
    return bytes;
  }
  async sync(): Promise<void> {
    // Memory has nothing that a power cut would spare.
  }
  async *all(): AsyncGenerator<string> {
    yield* Array.from(this.#frames.keys());
  }
  async putAt(id: string): Promise<number | null> {
    return this.#frames.get(id)?.at ?? null;
  }
}

class MemoryIndexes implements IndexShelf {
  readonly #indexes = new Map<string, Map<number, Buffer | null>>();

  async names(): Promise<string[]> {
    return [...this.#indexes.keys()];
  }
  async versions(name: string): Promise<number[]> {
    const versions = [...(this.#indexes.get(name) ?? [])];
    return versions.filter(([, bytes]) => bytes !== null).map(([version]) => version);
  }
  async nextVersion(name: string): Promise<number> {
    return (this.#indexes.get(name)?.size ?? 0) + 1;
  }
  async read(name: string, version: number): Promise<Buffer | null> {
    return this.#indexes.get(name)?.get(version) ?? null;
  }
  async write(name: string, version: number, bytes: Uint8Array): Promise<void> {
    const versions = this.#indexes.get(name) ?? new Map<number, Buffer | null>();
    if (versions.has(version)) throw new Error(`${formatImageReference(name, version)} is there already`);
    this.#indexes.set(name, versions.set(version, Buffer.from(bytes)));
  }
  async remove(name: string, version: number): Promise<void> {
    this.#indexes.get(name)?.set(version, null);
  }
}

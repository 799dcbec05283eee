import { formatImageReference } from '../image/index.ts';
import type { ChunkShelf, IndexShelf } from './shelf.ts';

export class MemoryChunks implements ChunkShelf {
  readonly #frames = new Map<string, { frame: Buffer; at: number }>();

  async size(id: string): Promise<number> {
    return this.#frames.get(id)?.frame.length ?? 0;
  }
  async put(id: string, frame: Uint8Array): Promise<void> {
    this.#frames.set(id, { frame: Buffer.from(frame), at: Date.now() });
  }
  async get(id: string): Promise<Buffer | null> {
    const kept = this.#frames.get(id);
    return kept && kept.frame.length > 0 ? Buffer.from(kept.frame) : null;
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

export class MemoryIndexes implements IndexShelf {
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
    if (this.#indexes.get(name)?.has(version)) {
      throw new Error(`${formatImageReference(name, version)} is there already`);
    }
    this.keep(name, version, Buffer.from(bytes));
  }
  async remove(name: string, version: number): Promise<void> {
    this.keep(name, version, null);
  }
  /** Null stands for a removed version, whose number stays taken. */
  keep(name: string, version: number, bytes: Buffer | null): void {
    const versions = this.#indexes.get(name) ?? new Map<number, Buffer | null>();
    this.#indexes.set(name, versions.set(version, bytes));
  }
}

import type { ChunkId } from '../image/index.ts';
import type { CatalogOptions } from './catalog.ts';
import { MemoryChunks } from './memory-chunks.ts';
import { MemoryIndexes } from './memory-indexes.ts';
import { ShelfStore } from './shelf-store.ts';

/** A store that forgets: for the tests of whoever needs one. */
export class MemoryStore extends ShelfStore {
  readonly #chunks: MemoryChunks;
  readonly #indexes: MemoryIndexes;

  constructor(options: Omit<CatalogOptions, 'indexes'>) {
    const chunks = new MemoryChunks();
    const indexes = new MemoryIndexes();
    super({ ...options, chunks, indexes });
    this.#chunks = chunks;
    this.#indexes = indexes;
  }

  /** Replaces a chunk's frame unchecked, as a bad disk or a stranger would. */
  alterChunk(id: ChunkId, bytes: Uint8Array): Promise<void> {
    return this.#chunks.put(id, bytes);
  }

  /** Replaces or adds an index file unchecked. */
  async alterIndex(name: string, version: number, bytes: Uint8Array): Promise<void> {
    await this.#indexes.write(name, version, bytes);
  }
}

import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ChunkId } from '../image/index.ts';
import { ChunkTree, chunkFile, chunkOfFile } from './chunk-tree.ts';
import type { StoreFiles } from './files.ts';
import { IncomingChunks } from './incoming-chunks.ts';
import type { Reclaimed } from './port.ts';
import type { ChunkFacts, ChunkShelf, ShelfUsage } from './shelf.ts';
import { storeError } from './store-error.ts';

/** After so many files were counted others on this thread get a turn. */
const LOOKUPS = 64;

/**
 * Chunks as plain, immutable files `chunks/ab/<id>.zst`, in 256 folders by the first byte of the id; any web
 * server can serve them. A file's content is on the disk before it gets its name there, so a name always stands
 * for the whole content; the folders are synced once before an index is committed (`sync`), not once per chunk.
 */
export class ChunkFolder implements ChunkShelf {
  readonly #files: StoreFiles;
  readonly #root: string;
  readonly #stored: ChunkTree;
  readonly #incoming: IncomingChunks;
  /** Damaged chunks that were set aside. */
  #aside = new Set<ChunkId>();

  /** @param root the store's folder, on one filesystem */
  constructor(files: StoreFiles, root: string) {
    this.#files = files;
    this.#root = root;
    this.#stored = new ChunkTree(files, join(root, 'chunks'));
    this.#incoming = new IncomingChunks(files, join(root, 'incoming'), this.#stored);
  }

  /** Makes the folders, and sees to what a crash left half written. */
  async start(): Promise<void> {
    for (const folder of ['damaged', 'quarantine']) await this.#files.makeFolder(join(this.#root, folder));
    await this.#stored.start();
    this.#aside = new Set(await this.#chunksIn('damaged'));
    await this.#incoming.start();
  }

  async facts(id: ChunkId): Promise<ChunkFacts | null> {
    return this.#incoming.facts(id) ?? (await this.#factsAt(this.#stored.path(id), id));
  }

  async put(id: ChunkId, frame: Uint8Array): Promise<void> {
    await this.#incoming.put(id, frame);
    if (!this.#aside.delete(id)) return;
    try {
      this.#files.removeNow(this.#damaged(id));
    } catch (error) {
      throw storeError(error, `remove the damaged copy of chunk ${id}`);
    }
  }

  async get(id: ChunkId): Promise<Buffer | null> {
    try {
      const frame = (await this.#incoming.get(id)) ?? (await this.#files.read(this.#stored.path(id)));
      return frame === null || frame.length === 0 ? null : frame;
    } catch (error) {
      throw storeError(error, `read chunk ${id}`);
    }
  }

  async setAside(id: ChunkId): Promise<void> {
    const path = this.#incoming.takeNow(id) ?? this.#stored.path(id);
    try {
      if (await this.#files.rename(path, this.#damaged(id))) this.#aside.add(id);
      this.#stored.changed(id);
    } catch (error) {
      throw storeError(error, `set chunk ${id} aside`);
    }
  }

  deleteNow(id: ChunkId): boolean {
    try {
      const incoming = this.#incoming.takeNow(id);
      const wasIncoming = incoming !== null && this.#files.removeNow(incoming);
      return this.#files.removeNow(this.#stored.path(id)) || wasIncoming;
    } catch (error) {
      throw storeError(error, `delete chunk ${id}`);
    }
  }

  get losses(): number {
    return this.#incoming.losses;
  }

  land(): Promise<void> {
    return this.#incoming.sync();
  }

  async sync(): Promise<void> {
    await this.#incoming.sync();
    // Nobody relies on what lies in quarantine, so its folders can wait for the system to write them.
    await this.#stored.sync();
  }

  all(): AsyncIterable<ChunkId[]> {
    return this.#stored.all();
  }

  quarantineNow(id: ChunkId): boolean {
    const path = this.#stored.path(id);
    try {
      // The time first: should a power cut come between, the chunk is only kept for longer.
      const moved = this.#files.touchNow(path) && this.#files.renameNow(path, this.#quarantined(id));
      this.#stored.changed(id);
      return moved;
    } catch (error) {
      throw storeError(error, `put chunk ${id} in quarantine`);
    }
  }

  async restore(id: ChunkId): Promise<boolean> {
    const path = this.#quarantined(id);
    try {
      const moved = await this.#files.rename(path, this.#stored.path(id));
      if (!moved) return false;
      this.#stored.changed(id);
      this.#files.touchNow(this.#stored.path(id));
      return true;
    } catch (error) {
      throw storeError(error, `put chunk ${id} back from quarantine`);
    }
  }

  quarantined(): Promise<ChunkId[]> {
    return this.#chunksIn('quarantine');
  }

  quarantineFacts(id: ChunkId): Promise<ChunkFacts | null> {
    return this.#factsAt(this.#quarantined(id), id);
  }

  deleteQuarantinedNow(id: ChunkId): boolean {
    try {
      return this.#files.removeNow(this.#quarantined(id));
    } catch (error) {
      throw storeError(error, `delete chunk ${id}`);
    }
  }

  restamp(id: ChunkId): void {
    try {
      if (!this.#files.touchNow(this.#stored.path(id))) this.#files.touchNow(this.#quarantined(id));
    } catch (error) {
      throw storeError(error, `set the time of chunk ${id}`);
    }
  }

  async usage(): Promise<ShelfUsage> {
    return {
      stored: await this.#count(this.#stored.all(), (id) => this.#stored.path(id)),
      quarantined: await this.#count([await this.quarantined()], (id) => this.#quarantined(id)),
      damaged: await this.#count([await this.#lostAside()], (id) => this.#damaged(id)),
      freeBytes: await this.#files.freeBytes(this.#root),
    };
  }

  /** Those set aside that did not come back since. */
  async #lostAside(): Promise<ChunkId[]> {
    const lost: ChunkId[] = [];
    for (const id of await this.#chunksIn('damaged')) {
      if (((await this.facts(id))?.bytes ?? 0) === 0) lost.push(id);
    }
    return lost;
  }

  async #count(
    all: AsyncIterable<ChunkId[]> | Iterable<ChunkId[]>,
    path: (id: ChunkId) => string,
  ): Promise<Reclaimed> {
    const total = { chunks: 0, bytes: 0 };
    for await (const ids of all) {
      for (const [i, id] of ids.entries()) {
        // A call that others wait for takes a tenth of one that does not, and there may be millions.
        const size = this.#files.sizeNow(path(id));
        if (i % LOOKUPS === LOOKUPS - 1) await setImmediate();
        if (size === null) continue;
        total.chunks++;
        total.bytes += size;
      }
    }
    return total;
  }

  #quarantined(id: ChunkId): string {
    return join(this.#root, 'quarantine', chunkFile(id));
  }

  #damaged(id: ChunkId): string {
    return join(this.#root, 'damaged', chunkFile(id));
  }

  async #chunksIn(folder: string): Promise<ChunkId[]> {
    try {
      const names = await this.#files.list(join(this.#root, folder));
      return names.map(chunkOfFile).filter((id) => id !== null);
    } catch (error) {
      throw storeError(error, `list ${folder}`);
    }
  }

  async #factsAt(path: string, id: ChunkId): Promise<ChunkFacts | null> {
    try {
      const found = await this.#files.facts(path);
      return found === null ? null : { bytes: found.size, sinceMs: found.mtimeMs };
    } catch (error) {
      throw storeError(error, `look up chunk ${id}`);
    }
  }
}

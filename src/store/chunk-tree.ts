import { join } from 'node:path';
import { type ChunkId, isChunkId } from '../image/index.ts';
import type { StoreFiles } from './files.ts';
import { Gate, mapBounded } from './gate.ts';
import { storeError } from './store-error.ts';

const SUFFIX = '.zst';
/** Folders synced at once: the system merges what they wait for. */
const SYNCS = 8;
const FOLDERS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** The file that holds a chunk, in any folder. */
export function chunkFile(id: ChunkId): string {
  return id + SUFFIX;
}

/** The chunk that a file name stands for; null when it is none. */
export function chunkOfFile(name: string): ChunkId | null {
  const id = name.slice(0, -SUFFIX.length);
  return name.endsWith(SUFFIX) && isChunkId(id) ? id : null;
}

/** Chunk files `ab/<id>.zst` in 256 folders by the first byte of the id. */
export class ChunkTree {
  readonly #files: StoreFiles;
  readonly #root: string;
  /** Folders whose entries may be in memory only. After a start that is all of them: another process wrote them. */
  readonly #unsynced = new Set(FOLDERS);
  /** One at a time: who finds a folder in somebody else's hands must not take it for synced. */
  readonly #syncs = new Gate(1);

  constructor(files: StoreFiles, root: string) {
    this.#files = files;
    this.#root = root;
  }

  /** Makes the folders. */
  async start(): Promise<void> {
    await this.#files.makeFolder(this.#root);
    const there = new Set(await this.#files.list(this.#root));
    for (const folder of FOLDERS) {
      if (!there.has(folder)) await this.#files.makeFolder(join(this.#root, folder));
    }
    await this.#files.syncFolder(this.#root);
  }

  path(id: ChunkId): string {
    return join(this.#root, id.slice(0, 2), chunkFile(id));
  }

  /** Remembers that a name came or went. */
  changed(id: ChunkId): void {
    this.#unsynced.add(id.slice(0, 2));
  }

  /** Makes every change of names noted before survive a power cut. */
  async sync(): Promise<void> {
    await this.#syncs.run(() =>
      mapBounded(Array.from(this.#unsynced), SYNCS, (folder) => this.#syncFolder(folder)),
    );
  }

  /** The chunks of one folder after the other. */
  async *all(): AsyncGenerator<ChunkId[]> {
    for (const folder of FOLDERS) {
      const names = await this.#list(folder);
      yield names.map(chunkOfFile).filter((id) => id !== null);
    }
  }

  async #syncFolder(folder: string): Promise<void> {
    // Taken out first: a chunk that comes while we sync must put it back.
    this.#unsynced.delete(folder);
    const path = join(this.#root, folder);
    try {
      await this.#files.syncFolder(path);
    } catch (error) {
      this.#unsynced.add(folder);
      throw storeError(error, `sync ${path}`);
    }
  }

  async #list(folder: string): Promise<string[]> {
    const path = join(this.#root, folder);
    try {
      return await this.#files.list(path);
    } catch (error) {
      throw storeError(error, `list ${path}`);
    }
  }
}

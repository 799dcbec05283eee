import { randomBytes } from 'node:crypto';
import { statSync, unlinkSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, TEMPORARY_PREFIX } from '../durable-file.ts';
import { type ChunkId, isChunkId } from '../image/index.ts';
import { mapBounded } from './gate.ts';
import type { ChunkShelf } from './shelf.ts';
import { errorCode, storeError } from './store-error.ts';

const SUFFIX = '.zst';
const FOLDERS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/**
 * Chunks as plain, immutable files `chunks/ab/<id>.zst`, in 256 folders by the first byte of the id; any web
 * server can serve them. A file is synced before it gets its name, so a name always stands for the whole
 * content; the folders are synced once before an index is committed (`sync`), not once per chunk.
 */
export class ChunkFolder implements ChunkShelf {
  readonly #root: string;
  readonly #damaged: string;
  /** Folders whose entries may be in memory only. After a start that is all of them: another process wrote them. */
  readonly #unsynced = new Set(FOLDERS);

  /** @param root the store's folder, on one filesystem */
  constructor(root: string) {
    this.#root = join(root, 'chunks');
    this.#damaged = join(root, 'damaged');
  }

  /** Makes the folders; with `clean` also removes what a crash left half written. */
  async start(clean: boolean): Promise<void> {
    await mkdir(this.#damaged, { recursive: true });
    await mkdir(this.#root, { recursive: true });
    const there = new Set(await readdir(this.#root));
    for (const folder of FOLDERS) if (!there.has(folder)) await mkdir(join(this.#root, folder));
    await syncFolder(this.#root);
    if (!clean) return;
    for (const folder of FOLDERS) {
      for (const name of await readdir(join(this.#root, folder))) {
        if (name.startsWith(TEMPORARY_PREFIX)) await rm(join(this.#root, folder, name), { force: true });
      }
    }
  }

  async size(id: ChunkId): Promise<number> {
    return (await this.#stat(id))?.size ?? 0;
  }

  async putAt(id: ChunkId): Promise<number | null> {
    return (await this.#stat(id))?.mtimeMs ?? null;
  }

  async put(id: ChunkId, frame: Uint8Array): Promise<void> {
    const folder = id.slice(0, 2);
    const temporary = join(this.#root, folder, `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}`);
    try {
      await writeSynced(temporary, frame);
      await rename(temporary, this.#path(id));
      this.#unsynced.add(folder);
    } catch (error) {
      await rm(temporary, { force: true });
      throw storeError(error, `write chunk ${id}`);
    }
  }

  async get(id: ChunkId): Promise<Buffer | null> {
    try {
      const frame = await readFile(this.#path(id));
      return frame.length > 0 ? frame : null;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw storeError(error, `read chunk ${id}`);
    }
  }

  async setAside(id: ChunkId): Promise<void> {
    try {
      await rename(this.#path(id), join(this.#damaged, id + SUFFIX));
      this.#unsynced.add(id.slice(0, 2));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw storeError(error, `set chunk ${id} aside`);
    }
  }

  deleteNow(id: ChunkId): number {
    try {
      const { size } = statSync(this.#path(id));
      unlinkSync(this.#path(id));
      return size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 0;
      throw storeError(error, `delete chunk ${id}`);
    }
  }

  async sync(): Promise<void> {
    await mapBounded(Array.from(this.#unsynced), 8, async (folder) => {
      // Taken out first: a chunk that comes while we sync must put it back.
      this.#unsynced.delete(folder);
      try {
        await syncFolder(join(this.#root, folder));
      } catch (error) {
        this.#unsynced.add(folder);
        throw storeError(error, `sync chunks/${folder}`);
      }
    });
  }

  async *all(): AsyncGenerator<ChunkId> {
    for (const folder of FOLDERS) {
      for (const name of await readdir(join(this.#root, folder))) {
        const id = name.slice(0, -SUFFIX.length);
        if (name.endsWith(SUFFIX) && isChunkId(id)) yield id;
      }
    }
  }

  async #stat(id: ChunkId): Promise<{ size: number; mtimeMs: number } | null> {
    try {
      return await stat(this.#path(id));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw storeError(error, `look up chunk ${id}`);
    }
  }

  #path(id: ChunkId): string {
    return join(this.#root, id.slice(0, 2), id + SUFFIX);
  }
}

/** A new file with this content on the disk itself. The content goes out in one write where the system allows. */
async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
    }
    const { size } = await file.stat();
    if (size !== bytes.length) throw new Error(`${path}: ${size} of ${bytes.length} bytes written`);
    await file.sync();
  } finally {
    await file.close();
  }
}

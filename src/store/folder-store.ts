import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeDurably } from '../durable-file.ts';
import { MimeoError } from '../errors.ts';
import type { CatalogOptions } from './catalog.ts';
import { ChunkFolder } from './chunk-folder.ts';
import { IndexFolder } from './index-folder.ts';
import { ShelfStore } from './shelf-store.ts';
import { errorCode, storeError } from './store-error.ts';
import { StoreLock } from './store-lock.ts';

export interface FolderStoreOptions extends Omit<CatalogOptions, 'indexes'> {
  /** The store's folder; made when missing. Everything lies on the one filesystem it is on. */
  readonly folder: string;
}

/** The layout of the folder; written once, so that a later Mimeo knows what it finds. */
const LAYOUT = 'mimeo store 1\n';

/**
 * A store in a folder:
 *
 *     format                      the line "mimeo store 1"
 *     lock                        held while a server uses the folder
 *     clean                       there when the last server stopped in order
 *     chunks/ab/<id>.zst          one zstd frame per chunk, never changed
 *     images/<name>/<version>.idx signed indexes; <version>.removed keeps a removed number taken
 *     damaged/<id>.zst            chunks that were found damaged
 *
 * Call `start` before anything else.
 */
export class FolderStore extends ShelfStore {
  readonly #folder: string;
  readonly #chunks: ChunkFolder;
  readonly #indexes: IndexFolder;
  readonly #lock: StoreLock;

  constructor(options: FolderStoreOptions) {
    const chunks = new ChunkFolder(options.folder);
    const indexes = new IndexFolder(options.folder);
    super({ ...options, chunks, indexes });
    this.#folder = options.folder;
    this.#chunks = chunks;
    this.#indexes = indexes;
    this.#lock = new StoreLock(options.folder);
  }

  /**
   * Locks the folder (as long as this object lives), makes it ready and removes what a crash left half written.
   * @throws MimeoError `store-locked` when another server uses it, `store-failed` or `store-full`
   */
  async start(): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true });
      this.#lock.take();
      await this.#checkLayout();
      const clean = join(this.#folder, 'clean');
      const wasClean = (await textOf(clean)) !== null;
      await rm(clean, { force: true });
      await this.#chunks.start(!wasClean);
      await this.#indexes.start();
      await syncFolder(this.#folder);
    } catch (error) {
      this.#lock.release();
      throw storeError(error, `start in ${this.#folder}`);
    }
  }

  /** Lets go of the folder. Nothing may be running in the store any more. */
  async stop(): Promise<void> {
    try {
      await writeDurably(join(this.#folder, 'clean'), '');
    } catch (error) {
      // On a full disk the mark cannot be made; the next start then looks for leftovers in vain.
      if (storeError(error, 'stop').code !== 'store-full') throw storeError(error, 'stop');
    } finally {
      this.#lock.release();
    }
  }

  async #checkLayout(): Promise<void> {
    const path = join(this.#folder, 'format');
    const found = await textOf(path);
    if (found === null) await writeDurably(path, LAYOUT);
    else if (found !== LAYOUT) {
      throw new MimeoError(
        'store-failed',
        `${path} says ${JSON.stringify(found)}, not ${JSON.stringify(LAYOUT)}.`,
        {
          next: 'Use the version of Mimeo that made this store, or a newer one.',
        },
      );
    }
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

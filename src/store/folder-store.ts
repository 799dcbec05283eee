import { dirname, join } from 'node:path';
import { MimeoError } from '../errors.ts';
import type { CatalogOptions } from './catalog.ts';
import { copiesIn } from './chunk-copies.ts';
import { ChunkFolder } from './chunk-folder.ts';
import { writeDurably } from './durable-write.ts';
import type { StoreFiles } from './files.ts';
import { IndexFolder } from './index-folder.ts';
import { nodeFiles } from './node-files.ts';
import { ShelfStore } from './shelf-store.ts';
import { storeError } from './store-error.ts';

export interface FolderStoreOptions extends Omit<CatalogOptions, 'indexes'> {
  /** Folders of copies of this store: what rots here is taken from them. */
  readonly copies?: readonly string[];
  /** The store's folder; made when missing. Everything lies on the one filesystem it is on. */
  readonly folder: string;
  /** The filesystem; the system's own unless a test hands in another. */
  readonly files?: StoreFiles;
}

/** The layout of the folder; written once, so that a later Mimeo knows what it finds. */
const LAYOUT = 'mimeo store 1\n';

/**
 * A store in a folder:
 *
 *     format                      the line "mimeo store 1"
 *     lock                        held while a server uses the folder
 *     chunks/ab/<id>.zst          one zstd frame per chunk, never changed
 *     incoming/                   chunks whose content may not be on the disk itself yet
 *     quarantine/<id>.zst         chunks that nobody uses, kept for a while
 *     images/<name>/<version>.idx signed indexes; <version>.removed keeps a removed number taken
 *     images/<name>/labels        what labels stand for
 *     summaries                   what lists show of the indexes; may be removed
 *     damaged/<id>.zst            chunks that were found damaged
 *
 * Call `start` before anything else.
 */
export class FolderStore extends ShelfStore {
  readonly #folder: string;
  readonly #files: StoreFiles;
  readonly #chunks: ChunkFolder;
  readonly #indexes: IndexFolder;
  #unlock: () => void = () => undefined;

  constructor(options: FolderStoreOptions) {
    const files = options.files ?? nodeFiles;
    const chunks = new ChunkFolder(files, options.folder);
    const indexes = new IndexFolder(files, options.folder);
    super({ ...options, copies: copiesIn(options.copies ?? []), chunks, indexes });
    this.#folder = options.folder;
    this.#files = files;
    this.#chunks = chunks;
    this.#indexes = indexes;
  }

  /**
   * Locks the folder (until `stop`), makes it ready and sees to what a crash left half done.
   * @throws MimeoError `store-locked` when another server uses it, `store-failed` or `store-full`
   */
  async start(): Promise<void> {
    try {
      await this.#files.makeFolder(this.#folder);
      await this.#files.syncFolder(dirname(this.#folder));
      this.#unlock = this.#files.lock(this.#folder);
      await this.#checkLayout();
      await this.#chunks.start();
      await this.#indexes.start();
      await this.#files.syncFolder(this.#folder);
      await this.finishRenames();
    } catch (error) {
      this.#letGo();
      throw storeError(error, `start in ${this.#folder}`);
    }
  }

  /** Lets go of the folder. Nothing may be running in the store any more. */
  async stop(): Promise<void> {
    try {
      await this.#chunks.sync();
      await this.saveSummaries();
    } finally {
      this.#letGo();
    }
  }

  #letGo(): void {
    this.#unlock();
    this.#unlock = () => undefined;
  }

  async #checkLayout(): Promise<void> {
    const path = join(this.#folder, 'format');
    const found = (await this.#files.read(path))?.toString() ?? null;
    if (found === null) await writeDurably(this.#files, path, Buffer.from(LAYOUT));
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

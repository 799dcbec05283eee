import type { NewFile, StoreFiles } from '../../../src/store/index.ts';

/** What goes wrong with a call: an error of the system, or a write that takes only a part of the bytes. */
export type Fault = 'EIO' | 'ENOSPC' | 'short';

/**
 * A filesystem in which call number `at` (from 0) goes wrong, or with `until` every one from there to that one.
 * A short write is no error; the fault `short` is therefore survived by whoever goes on writing.
 */
export class FaultyFiles implements StoreFiles {
  calls = 0;
  readonly #files: StoreFiles;
  readonly #fault: Fault;
  readonly #at: number;
  readonly #until: number;

  constructor(files: StoreFiles, fault: Fault, at: number, until: number = at) {
    this.#files = files;
    this.#fault = fault;
    this.#at = at;
    this.#until = until;
  }

  #check(what: string): void {
    const call = this.calls++;
    if (this.#fault === 'short' || call < this.#at || call > this.#until) return;
    throw Object.assign(new Error(`${this.#fault}: injected into ${what}`), { code: this.#fault });
  }

  async makeFolder(path: string): Promise<void> {
    this.#check('makeFolder');
    await this.#files.makeFolder(path);
  }
  async list(path: string): Promise<string[]> {
    this.#check('list');
    return this.#files.list(path);
  }
  async facts(path: string): ReturnType<StoreFiles['facts']> {
    this.#check('facts');
    return this.#files.facts(path);
  }
  async read(path: string): Promise<Buffer | null> {
    this.#check('read');
    return this.#files.read(path);
  }
  async create(path: string): Promise<NewFile> {
    this.#check('create');
    const inner = await this.#files.create(path);
    return {
      write: (bytes) => this.#write(inner, bytes),
      size: async () => {
        this.#check('size');
        return inner.size();
      },
      sync: async () => {
        this.#check('sync');
        await inner.sync();
      },
      close: () => inner.close(),
    };
  }
  async rename(from: string, to: string): Promise<boolean> {
    this.#check('rename');
    return this.#files.rename(from, to);
  }
  async remove(path: string): Promise<boolean> {
    this.#check('remove');
    return this.#files.remove(path);
  }
  async syncFolder(path: string): Promise<void> {
    this.#check('syncFolder');
    await this.#files.syncFolder(path);
  }
  async syncFilesystem(path: string): Promise<void> {
    this.#check('syncFilesystem');
    await this.#files.syncFilesystem(path);
  }
  sizeNow(path: string): number | null {
    this.#check('sizeNow');
    return this.#files.sizeNow(path);
  }
  renameNow(from: string, to: string): boolean {
    this.#check('renameNow');
    return this.#files.renameNow(from, to);
  }
  removeNow(path: string): boolean {
    this.#check('removeNow');
    return this.#files.removeNow(path);
  }
  touchNow(path: string): boolean {
    this.#check('touchNow');
    return this.#files.touchNow(path);
  }
  async freeBytes(path: string): Promise<number | null> {
    this.#check('freeBytes');
    return this.#files.freeBytes(path);
  }
  lock(folder: string): () => void {
    return this.#files.lock(folder);
  }

  async #write(inner: NewFile, bytes: Uint8Array): Promise<number> {
    const call = this.calls;
    this.#check('write');
    const short = this.#fault === 'short' && call >= this.#at && call <= this.#until && bytes.length > 1;
    return inner.write(short ? bytes.subarray(0, bytes.length >> 1) : bytes);
  }
}

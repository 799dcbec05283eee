import type { NewFile, StoreFiles } from '../../../src/store/index.ts';
import type { Step } from './disk-log.ts';

/** A filesystem that keeps a log of every change made to it, for the power to be cut at any step later. */
export class RecordingFiles implements StoreFiles {
  readonly log: Step[] = [];
  readonly #files: StoreFiles;
  #created = 0;

  constructor(files: StoreFiles) {
    this.#files = files;
  }

  say(words: unknown): void {
    this.log.push({ do: 'say', words });
  }

  async makeFolder(path: string): Promise<void> {
    await this.#files.makeFolder(path);
    this.log.push({ do: 'folder', path });
  }
  list(path: string): ReturnType<StoreFiles['list']> {
    return this.#files.list(path);
  }
  facts(path: string): ReturnType<StoreFiles['facts']> {
    return this.#files.facts(path);
  }
  read(path: string): ReturnType<StoreFiles['read']> {
    return this.#files.read(path);
  }
  async create(path: string): Promise<NewFile> {
    const inner = await this.#files.create(path);
    const file = this.#created++;
    const log = this.log;
    log.push({ do: 'create', path, file });
    return {
      write: async (bytes) => {
        const written = await inner.write(bytes);
        log.push({ do: 'write', file, bytes: Buffer.from(bytes.subarray(0, written)) });
        return written;
      },
      size: () => inner.size(),
      sync: async () => {
        const from = log.length;
        await inner.sync();
        log.push({ do: 'sync', file, from });
      },
      close: () => inner.close(),
    };
  }
  async rename(from: string, to: string): Promise<boolean> {
    const done = await this.#files.rename(from, to);
    if (done) this.log.push({ do: 'rename', from, to });
    return done;
  }
  async remove(path: string): Promise<boolean> {
    const done = await this.#files.remove(path);
    if (done) this.log.push({ do: 'remove', path });
    return done;
  }
  async syncFolder(path: string): Promise<void> {
    const from = this.log.length;
    await this.#files.syncFolder(path);
    this.log.push({ do: 'sync-folder', path, from });
  }
  /** Not in the log: nothing may rely on it alone. */
  syncFilesystem(path: string): Promise<void> {
    return this.#files.syncFilesystem(path);
  }
  sizeNow(path: string): number | null {
    return this.#files.sizeNow(path);
  }
  renameNow(from: string, to: string): boolean {
    const done = this.#files.renameNow(from, to);
    if (done) this.log.push({ do: 'rename', from, to });
    return done;
  }
  removeNow(path: string): boolean {
    const done = this.#files.removeNow(path);
    if (done) this.log.push({ do: 'remove', path });
    return done;
  }
  touchNow(path: string): boolean {
    return this.#files.touchNow(path);
  }
  freeBytes(path: string): Promise<number | null> {
    return this.#files.freeBytes(path);
  }
  lock(folder: string): () => void {
    return this.#files.lock(folder);
  }
}

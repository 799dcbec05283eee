import { basename, dirname } from 'node:path';
import type { FileFacts, NewFile, StoreFiles } from '../../../src/store/index.ts';
import type { Tree } from './disk-log.ts';

interface ModelFile {
  bytes: Buffer;
  mtimeMs: number;
  readonly number: number;
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/** A filesystem in memory, with what a power cut left. */
export class ModelFiles implements StoreFiles {
  /** The names in each folder. */
  readonly #folders = new Map<string, Set<string>>();
  readonly #files = new Map<string, ModelFile>();
  #created = 0;

  constructor(tree: Tree = { folders: new Set(), files: new Map() }) {
    for (const path of tree.folders) this.#addFolder(path);
    for (const [path, bytes] of tree.files) this.#put(path, bytes);
  }

  async makeFolder(path: string): Promise<void> {
    this.#addFolder(path);
  }
  async list(path: string): Promise<string[]> {
    return Array.from(this.#folders.get(path) ?? []);
  }
  async facts(path: string): Promise<FileFacts | null> {
    const file = this.#files.get(path);
    if (!file) return null;
    const { bytes, mtimeMs, number } = file;
    return { size: bytes.length, mtimeMs, mark: `${number} ${bytes.length}` };
  }
  async read(path: string): Promise<Buffer | null> {
    const file = this.#files.get(path);
    return file ? Buffer.from(file.bytes) : null;
  }
  async create(path: string): Promise<NewFile> {
    if (!this.#folders.has(dirname(path))) throw failure('ENOENT', path);
    if (this.#files.has(path)) throw failure('EEXIST', path);
    const file = this.#put(path, Buffer.alloc(0));
    return {
      write: async (bytes) => {
        file.bytes = Buffer.concat([file.bytes, bytes]);
        return bytes.length;
      },
      size: async () => file.bytes.length,
      sync: async () => undefined,
      close: async () => undefined,
    };
  }
  async rename(from: string, to: string): Promise<boolean> {
    return this.renameNow(from, to);
  }
  async remove(path: string): Promise<boolean> {
    return this.removeNow(path);
  }
  async syncFolder(path: string): Promise<void> {
    if (!this.#folders.has(path)) throw failure('ENOENT', path);
  }
  async syncFilesystem(): Promise<void> {
    // Everything is where it will ever be.
  }
  sizeNow(path: string): number | null {
    return this.#files.get(path)?.bytes.length ?? null;
  }
  renameNow(from: string, to: string): boolean {
    const file = this.#files.get(from);
    if (!file) return false;
    if (!this.#folders.has(dirname(to))) throw failure('ENOENT', to);
    this.removeNow(from);
    this.#files.set(to, file);
    this.#folders.get(dirname(to))?.add(basename(to));
    return true;
  }
  removeNow(path: string): boolean {
    this.#folders.get(dirname(path))?.delete(basename(path));
    return this.#files.delete(path);
  }
  touchNow(path: string): boolean {
    const file = this.#files.get(path);
    if (file) file.mtimeMs = Date.now();
    return file !== undefined;
  }
  async freeBytes(): Promise<null> {
    return null;
  }
  lock(): () => void {
    return () => undefined;
  }

  #put(path: string, bytes: Buffer): ModelFile {
    const file = { bytes, mtimeMs: Date.now(), number: this.#created++ };
    this.#files.set(path, file);
    this.#folders.get(dirname(path))?.add(basename(path));
    return file;
  }

  #addFolder(path: string): void {
    if (this.#folders.has(path)) return;
    this.#folders.set(path, new Set());
    if (path === dirname(path)) return;
    this.#addFolder(dirname(path));
    this.#folders.get(dirname(path))?.add(basename(path));
  }
}

import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, TEMPORARY_PREFIX, writeDurably } from '../durable-file.ts';
import { isImageName } from '../image/index.ts';
import type { IndexShelf } from './shelf.ts';
import { errorCode, storeError } from './store-error.ts';

const VERSION_FILE = /^([1-9][0-9]*)\.(idx|removed)$/;

/** Indexes as files `images/<name>/<version>.idx`; a removed version leaves an empty `<version>.removed`. */
export class IndexFolder implements IndexShelf {
  readonly #root: string;

  /** @param root the store's folder */
  constructor(root: string) {
    this.#root = join(root, 'images');
  }

  /** Makes the folder and removes what a crash left half written. */
  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    for (const name of await this.names()) {
      for (const file of await readdir(join(this.#root, name))) {
        if (file.startsWith(TEMPORARY_PREFIX)) await rm(join(this.#root, name, file), { force: true });
      }
    }
  }

  async names(): Promise<string[]> {
    try {
      const entries = await readdir(this.#root, { withFileTypes: true });
      return entries.filter((one) => one.isDirectory() && isImageName(one.name)).map((one) => one.name);
    } catch (error) {
      throw storeError(error, 'list its images');
    }
  }

  async versions(name: string): Promise<number[]> {
    return (await this.#files(name)).filter((one) => one.kind === 'idx').map((one) => one.version);
  }

  async nextVersion(name: string): Promise<number> {
    return ((await this.#files(name)).at(-1)?.version ?? 0) + 1;
  }

  async read(name: string, version: number): Promise<Buffer | null> {
    try {
      return await readFile(this.#path(name, version));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw storeError(error, `read image ${name}@${version}`);
    }
  }

  async write(name: string, version: number, bytes: Uint8Array): Promise<void> {
    try {
      await mkdir(join(this.#root, name), { recursive: true });
      await syncFolder(this.#root);
      await writeDurably(this.#path(name, version), bytes);
    } catch (error) {
      throw storeError(error, `write image ${name}@${version}`);
    }
  }

  async remove(name: string, version: number): Promise<void> {
    try {
      // The marker first: a version whose number could be given again must never be gone from sight.
      await writeDurably(join(this.#root, name, `${version}.removed`), '');
      await rm(this.#path(name, version));
      await syncFolder(join(this.#root, name));
    } catch (error) {
      throw storeError(error, `remove image ${name}@${version}`);
    }
  }

  /** The files of a name by version, ascending. */
  async #files(name: string): Promise<{ version: number; kind: string }[]> {
    let files: string[];
    try {
      files = await readdir(join(this.#root, name));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw storeError(error, `list the versions of ${name}`);
    }
    return files
      .map((file) => VERSION_FILE.exec(file))
      .filter((match) => match !== null)
      .map((match) => ({ version: Number(match[1]), kind: match[2] ?? '' }))
      .sort((a, b) => a.version - b.version);
  }

  #path(name: string, version: number): string {
    return join(this.#root, name, `${version}.idx`);
  }
}

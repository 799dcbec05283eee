import { join } from 'node:path';
import { TEMPORARY_PREFIX } from '../durable-file.ts';
import type { MimeoError } from '../errors.ts';
import { isImageName } from '../image/index.ts';
import { writeDurably } from './durable-write.ts';
import type { StoreFiles } from './files.ts';
import type { IndexNote, IndexShelf } from './shelf.ts';
import { storeError } from './store-error.ts';

/** Nine digits, as many as an image reference takes: no file name can push the numbers past what an index holds. */
const VERSION_FILE = /^([1-9][0-9]{0,8})\.(idx|removed|renamed)$/;

/** What a marker says when the version did not go but got another name. */
const RENAMED = Buffer.from('renamed\n');

/**
 * Indexes as files `images/<name>/<version>.idx`; a version that left has a marker `<version>.removed`, or
 * `<version>.renamed` if it got another name while the disk was full.
 */
export class IndexFolder implements IndexShelf {
  readonly #files: StoreFiles;
  /** The store's folder. */
  readonly #store: string;
  readonly #root: string;
  readonly #summaries: string;

  /** @param root the store's folder */
  constructor(files: StoreFiles, root: string) {
    this.#files = files;
    this.#store = root;
    this.#root = join(root, 'images');
    this.#summaries = join(root, 'summaries');
  }

  /** Makes the folder and removes what a crash left half written. */
  async start(): Promise<void> {
    await this.#files.makeFolder(this.#root);
    const folders = (await this.names()).map((name) => join(this.#root, name));
    // The summaries and the store's format lie beside the images.
    for (const folder of [this.#store, ...folders]) {
      for (const file of await this.#files.list(folder)) {
        if (file.startsWith(TEMPORARY_PREFIX)) await this.#files.remove(join(folder, file));
      }
    }
  }

  async names(): Promise<string[]> {
    try {
      return (await this.#files.list(this.#root)).filter(isImageName);
    } catch (error) {
      throw storeError(error, 'list its images');
    }
  }

  async versions(name: string): Promise<number[]> {
    return (await this.#versionFiles(name)).filter((one) => one.kind === 'idx').map((one) => one.version);
  }

  async nextVersion(name: string): Promise<number> {
    return ((await this.#versionFiles(name)).at(-1)?.version ?? 0) + 1;
  }

  async removedNumbers(name: string): Promise<number[]> {
    const found: number[] = [];
    for (const { version, kind } of await this.#versionFiles(name)) {
      if (kind !== 'removed') continue;
      const why = await this.#read(`${name}/${version}.removed`);
      if (why !== null && !why.equals(RENAMED)) found.push(version);
    }
    return found;
  }

  read(name: string, version: number): Promise<Buffer | null> {
    return this.#read(`${name}/${version}.idx`);
  }

  async mark(name: string, version: number): Promise<string | null> {
    try {
      return (await this.#files.facts(this.#path(name, version)))?.mark ?? null;
    } catch (error) {
      throw storeError(error, `look up image ${name}@${version}`);
    }
  }

  async write(name: string, version: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#files.makeFolder(join(this.#root, name));
      await this.#files.syncFolder(this.#root);
      await writeDurably(this.#files, this.#path(name, version), bytes);
    } catch (error) {
      throw storeError(error, `write image ${name}@${version}`);
    }
  }

  async remove(name: string, version: number, why: 'removed' | 'renamed'): Promise<void> {
    const folder = join(this.#root, name);
    try {
      // The marker first: a version whose number could be given again must never be gone from sight.
      const marker = why === 'renamed' ? RENAMED : Buffer.alloc(0);
      await this.#files.makeFolder(folder);
      await writeDurably(this.#files, join(folder, `${version}.removed`), marker);
      await this.#files.remove(this.#path(name, version));
      await this.#files.syncFolder(folder);
    } catch (error) {
      const failure = storeError(error, `remove image ${name}@${version}`);
      if (failure.code !== 'store-full') throw failure;
      await this.#removeWhenFull(name, version, why, failure);
    }
  }

  /** The index itself becomes the marker, which takes no room: or nothing could be removed from a full disk. */
  async #removeWhenFull(
    name: string,
    version: number,
    why: 'removed' | 'renamed',
    failure: MimeoError,
  ): Promise<void> {
    const folder = join(this.#root, name);
    try {
      await this.#files.rename(this.#path(name, version), join(folder, `${version}.${why}`));
      await this.#files.syncFolder(folder);
    } catch {
      throw failure;
    }
  }

  readNote(name: string, note: IndexNote): Promise<Buffer | null> {
    return this.#read(`${name}/${note}`);
  }

  async writeNote(name: string, note: IndexNote, bytes: Uint8Array | null): Promise<void> {
    const folder = join(this.#root, name);
    try {
      if (bytes !== null) await writeDurably(this.#files, join(folder, note), bytes);
      else if (await this.#files.remove(join(folder, note))) await this.#files.syncFolder(folder);
    } catch (error) {
      throw storeError(error, `write ${note} of image ${name}`);
    }
  }

  async readSummaries(): Promise<Buffer | null> {
    try {
      return await this.#files.read(this.#summaries);
    } catch (error) {
      throw storeError(error, 'read its summaries');
    }
  }

  async writeSummaries(bytes: Uint8Array): Promise<void> {
    try {
      await writeDurably(this.#files, this.#summaries, bytes);
    } catch (error) {
      throw storeError(error, 'write its summaries');
    }
  }

  /** The files of a name by version, ascending. */
  async #versionFiles(name: string): Promise<{ version: number; kind: string }[]> {
    let files: string[];
    try {
      files = await this.#files.list(join(this.#root, name));
    } catch (error) {
      throw storeError(error, `list the versions of ${name}`);
    }
    return files
      .map((file) => VERSION_FILE.exec(file))
      .filter((match) => match !== null)
      .map((match) => ({ version: Number(match[1]), kind: match[2] ?? '' }))
      .sort((a, b) => a.version - b.version);
  }

  async #read(path: string): Promise<Buffer | null> {
    try {
      return await this.#files.read(join(this.#root, path));
    } catch (error) {
      throw storeError(error, `read images/${path}`);
    }
  }

  #path(name: string, version: number): string {
    return join(this.#root, name, `${version}.idx`);
  }
}

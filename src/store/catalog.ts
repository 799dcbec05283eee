import type { KeyObject } from 'node:crypto';
import { MimeoError, toMimeoError } from '../errors.ts';
import {
  checkImageName,
  decodeIndex,
  encodeIndex,
  formatImageReference,
  type ImageIndex,
  imageNameKey,
  type PublicKey,
  publicKeyOf,
  signIndex,
  verifyIndex,
} from '../image/index.ts';
import type { ImageSummary } from './port.ts';
import type { IndexShelf } from './shelf.ts';
import { summarise } from './summary.ts';

export interface CatalogOptions {
  readonly indexes: IndexShelf;
  /** Signs what is committed. */
  readonly signingKey: KeyObject;
  /** Keys of other servers whose indexes are accepted too. */
  readonly trustedKeys?: readonly PublicKey[];
  /** Told of each index that cannot be read while listing. */
  readonly onProblem?: (error: MimeoError) => void;
}

/** The committed images: finds them by name and version, reads, checks and signs their indexes. */
export class Catalog {
  readonly #options: CatalogOptions;
  readonly #keys: readonly PublicKey[];
  /** Summaries of indexes that were read; an index never changes once it is committed. */
  readonly #summaries = new Map<string, ImageSummary>();

  constructor(options: CatalogOptions) {
    this.#options = options;
    this.#keys = [publicKeyOf(options.signingKey), ...(options.trustedKeys ?? [])];
  }

  /** The name as it was first committed, whatever the case it is asked in; null when there is none. */
  async resolve(name: string): Promise<string | null> {
    checkImageName(name);
    const key = imageNameKey(name);
    return (await this.#options.indexes.names()).find((one) => imageNameKey(one) === key) ?? null;
  }

  /** Which version is meant, the newest when none is named. */
  async locate(name: string, version?: number): Promise<{ name: string; version: number }> {
    const known = await this.resolve(name);
    const versions = known === null ? [] : await this.#options.indexes.versions(known);
    const wanted = version ?? versions.at(-1);
    if (known === null || wanted === undefined || !versions.includes(wanted)) {
      const what = formatImageReference(name, version ?? null);
      throw new MimeoError('image-missing', `There is no image ${what}. ${await this.#whatThereIs()}`);
    }
    return { name: known, version: wanted };
  }

  async read(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }> {
    const found = await this.locate(name, version);
    const bytes = await this.#options.indexes.read(found.name, found.version);
    // Removed since we looked; said as if it had been so before.
    if (bytes === null) return this.read(name, version);
    return { bytes, index: this.#open(found.name, found.version, bytes) };
  }

  async list(): Promise<ImageSummary[]> {
    const all: ImageSummary[] = [];
    for (const [name, version] of await this.#everything()) {
      try {
        const summary = await this.#summary(name, version);
        if (summary !== null) all.push(summary);
      } catch (error) {
        this.#options.onProblem?.(toMimeoError(error));
      }
    }
    return all;
  }

  /** Every committed index, one at a time. Throws at the first that cannot be read. */
  async *all(): AsyncGenerator<ImageIndex> {
    for (const [name, version] of await this.#everything()) {
      const bytes = await this.#options.indexes.read(name, version);
      if (bytes !== null) yield this.#open(name, version, bytes);
    }
  }

  /**
   * Signs and writes an index as the next version of its name. Calls must not overlap.
   * @returns the summary of the version; of the newest one when that is the same image committed before
   */
  async write(index: ImageIndex): Promise<ImageSummary> {
    const { indexes, signingKey } = this.#options;
    const name = (await this.resolve(index.name)) ?? index.name;
    const newest = (await indexes.versions(name)).at(-1);
    if (newest !== undefined) {
      const bytes = await indexes.read(name, newest);
      const repeated = encodeIndex({ ...index, name, version: newest });
      if (bytes?.subarray(0, repeated.length).equals(repeated) && this.#opens(name, newest, bytes)) {
        return summarise({ ...index, name, version: newest });
      }
    }
    const version = await indexes.nextVersion(name);
    const committed = { ...index, name, version };
    await indexes.write(name, version, signIndex(encodeIndex(committed), signingKey));
    const summary = summarise(committed);
    this.#summaries.set(formatImageReference(name, version), summary);
    return summary;
  }

  async remove(name: string, version: number): Promise<void> {
    const found = await this.locate(name, version);
    await this.#options.indexes.remove(found.name, found.version);
    this.#summaries.delete(formatImageReference(found.name, found.version));
  }

  async #summary(name: string, version: number): Promise<ImageSummary | null> {
    const key = formatImageReference(name, version);
    const known = this.#summaries.get(key);
    if (known !== undefined) return known;
    const bytes = await this.#options.indexes.read(name, version);
    if (bytes === null) return null;
    const summary = summarise(this.#open(name, version, bytes));
    this.#summaries.set(key, summary);
    return summary;
  }

  /** Checks signature, content and that the file lies where its name and version say. */
  #open(name: string, version: number, bytes: Buffer): ImageIndex {
    const place = formatImageReference(name, version);
    try {
      const index = decodeIndex(verifyIndex(bytes, this.#keys));
      if (index.name === name && index.version === version) return index;
      const other = formatImageReference(index.name, index.version);
      throw new MimeoError('index-damaged', `It is the index of ${other}, put in the wrong place.`);
    } catch (error) {
      const { code, message, next } = toMimeoError(error);
      throw new MimeoError(code, `Image ${place}: ${message}`, { next, cause: error });
    }
  }

  #opens(name: string, version: number, bytes: Buffer): boolean {
    try {
      this.#open(name, version, bytes);
      return true;
    } catch {
      return false;
    }
  }

  async #everything(): Promise<[string, number][]> {
    const names = (await this.#options.indexes.names()).sort();
    const found: [string, number][] = [];
    for (const name of names) {
      for (const version of await this.#options.indexes.versions(name)) found.push([name, version]);
    }
    return found;
  }

  async #whatThereIs(): Promise<string> {
    const byName = Map.groupBy(await this.#everything(), ([name]) => name);
    if (byName.size === 0) return 'There are no images yet; capture one first.';
    const shown = [...byName]
      .slice(0, 12)
      .map(([name, found]) => `${name} (${found.map(([, v]) => v).join(', ')})`);
    const more = byName.size > shown.length ? ` and ${byName.size - shown.length} more` : '';
    return `There are: ${shown.join(', ')}${more}.`;
  }
}

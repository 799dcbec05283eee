import { MimeoError } from '../errors.ts';
import { checkImageName, formatImageReference, imageNameKey } from '../image/index.ts';
import { mapBounded } from './gate.ts';
import type { IndexShelf } from './shelf.ts';

/** Finds images by name and version, also while one is renamed. */
export class ImageFinder {
  readonly #indexes: IndexShelf;
  #renames = 0;

  constructor(indexes: IndexShelf) {
    this.#indexes = indexes;
  }

  /** Carries out a rename; who looks meanwhile looks again. Calls must not overlap. */
  async renaming(task: () => Promise<void>): Promise<void> {
    this.#renames++;
    try {
      await task();
    } finally {
      this.#renames++;
    }
  }

  /** What a look finds, repeated when a rename came between: what is renamed may be met twice, or not at all. */
  async undisturbed<T>(look: () => Promise<T>): Promise<T> {
    for (;;) {
      const renames = this.#renames;
      const found = await look();
      if (renames === this.#renames && renames % 2 === 0) return found;
    }
  }

  /** The name as the shelf has it, whatever the case it is asked in; null when there is none. */
  async resolve(name: string): Promise<string | null> {
    return (await this.#find(name))?.name ?? null;
  }

  /**
   * The name, and its versions. A rename to other upper and lower case leaves two folders: the one with the versions
   * is meant, while it goes on the one that has them all, and with none left the one that gave the last number.
   */
  async #find(name: string): Promise<{ name: string; versions: readonly number[] } | null> {
    checkImageName(name);
    const key = imageNameKey(name);
    const known = (await this.#indexes.names()).filter((one) => imageNameKey(one) === key);
    const found = await mapBounded(known, 1, async (one) => ({
      name: one,
      versions: await this.#indexes.versions(one),
      next: known.length > 1 ? await this.#indexes.nextVersion(one) : 0,
    }));
    found.sort((a, b) => b.versions.length - a.versions.length || b.next - a.next);
    return found[0] ?? null;
  }

  /** Which version is meant, the newest when none is named. @throws MimeoError `image-missing` (names what there is) */
  async locate(name: string, version?: number): Promise<{ name: string; version: number }> {
    // Most are found at once, also while another image is renamed.
    const found =
      (await this.#locateOnce(name, version)) ??
      (await this.undisturbed(() => this.#locateOnce(name, version)));
    if (found === null) throw await this.missing(name, version);
    return found;
  }

  /** Every version there is, by name and version; those that cannot be read as well. */
  async everything(): Promise<[string, number][]> {
    const names = (await this.#indexes.names()).sort();
    const found: [string, number][] = [];
    for (const name of names) {
      for (const version of await this.#indexes.versions(name)) found.push([name, version]);
    }
    return found;
  }

  /** The `image-missing` error that names what there is. */
  async missing(name: string, version?: number): Promise<MimeoError> {
    const what = formatImageReference(name, version ?? null);
    return new MimeoError('image-missing', `There is no image ${what}. ${await this.#whatThereIs()}`);
  }

  async #locateOnce(name: string, version?: number): Promise<{ name: string; version: number } | null> {
    const known = await this.#find(name);
    const wanted = version ?? known?.versions.at(-1);
    if (known === null || wanted === undefined || !known.versions.includes(wanted)) return null;
    return { name: known.name, version: wanted };
  }

  async #whatThereIs(): Promise<string> {
    const byName = Map.groupBy(await this.everything(), ([name]) => name);
    if (byName.size === 0) return 'There are no images yet; capture one first.';
    const shown = [...byName]
      .slice(0, 12)
      .map(([name, found]) => `${name} (${found.map(([, v]) => v).join(', ')})`);
    const more = byName.size > shown.length ? ` and ${byName.size - shown.length} more` : '';
    return `There are: ${shown.join(', ')}${more}.`;
  }
}

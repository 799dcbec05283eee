import { MimeoError, toMimeoError } from '../errors.ts';
import { checkImageName, formatImageReference, type ImageIndex, imageNameKey } from '../image/index.ts';
import { ImageLabels, labelsOf } from './image-labels.ts';
import type { ImageSummary } from './port.ts';
import { finishRename, renameImage } from './rename-image.ts';
import type { IndexShelf } from './shelf.ts';
import { SignedIndexes, type SigningOptions } from './signed-indexes.ts';
import { type IndexSummary, summarise } from './summary.ts';
import { SummaryCache } from './summary-cache.ts';
import type { DamagedImage } from './upkeep-port.ts';

/** Longest notes an index takes, in bytes of UTF-8. */
const NOTES_BYTES = 65_000;

export interface CatalogOptions extends SigningOptions {
  /** Told of each index and each file of labels that cannot be read while listing. */
  readonly onProblem?: (error: MimeoError) => void;
}

/** The committed images: finds them by name and version, lists them, and changes what is said about them. */
export class Catalog {
  readonly #indexes: IndexShelf;
  readonly #signed: SignedIndexes;
  readonly #labels: ImageLabels;
  readonly #onProblem: (error: MimeoError) => void;
  readonly #summaries: SummaryCache;
  #renames = 0;
  /** Names whose rename failed half-way: it goes on before anything else is changed. */
  readonly #halfRenamed = new Set<string>();

  constructor(options: CatalogOptions) {
    this.#indexes = options.indexes;
    this.#signed = new SignedIndexes(options);
    this.#summaries = new SummaryCache(options.indexes);
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#labels = new ImageLabels(options.indexes, this.#onProblem);
  }

  /** The name as it was first committed, whatever the case it is asked in; null when there is none. */
  async resolve(name: string): Promise<string | null> {
    checkImageName(name);
    const key = imageNameKey(name);
    return (await this.#indexes.names()).find((one) => imageNameKey(one) === key) ?? null;
  }

  /** Which version is meant, the newest when none is named. */
  async locate(name: string, version?: number): Promise<{ name: string; version: number }> {
    const known = await this.resolve(name);
    const versions = known === null ? [] : await this.#indexes.versions(known);
    const wanted = version ?? versions.at(-1);
    if (known === null || wanted === undefined || !versions.includes(wanted)) {
      const what = formatImageReference(name, version ?? null);
      throw new MimeoError('image-missing', `There is no image ${what}. ${await this.#whatThereIs()}`);
    }
    return { name: known, version: wanted };
  }

  async read(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }> {
    const found = await this.locate(name, version);
    // Removed since we looked: said as if it had been so before.
    return (await this.#signed.read(found.name, found.version)) ?? this.read(name, version);
  }

  async list(): Promise<ImageSummary[]> {
    return (await this.survey()).images;
  }

  /** The images, and those that cannot be read. */
  async survey(): Promise<{ images: ImageSummary[]; damaged: DamagedImage[] }> {
    for (;;) {
      const renames = this.#renames;
      const found = await this.#surveyOnce();
      // What is renamed while we look may be met twice, or not at all.
      if (renames === this.#renames && renames % 2 === 0) return found;
    }
  }

  /** Every committed index, one at a time. Throws at the first that cannot be read. */
  async *all(): AsyncGenerator<ImageIndex> {
    for await (const { index, error } of this.readings()) {
      if (error !== null) throw error;
      if (index !== null) yield index;
    }
  }

  /** Every committed version, read in full, or why it cannot be read. */
  async *readings(): AsyncGenerator<{
    name: string;
    version: number;
    index: ImageIndex | null;
    error: MimeoError | null;
  }> {
    for (const [name, version] of await this.#everything()) {
      try {
        const read = await this.#signed.read(name, version);
        if (read !== null) yield { name, version, index: read.index, error: null };
      } catch (error) {
        // It may have rotted since it was listed; the next list is to tell.
        await this.#summaries.delete(formatImageReference(name, version));
        yield { name, version, index: null, error: toMimeoError(error) };
      }
    }
  }

  /**
   * Signs and writes an index as the next version of its name. Calls must not overlap.
   * @returns the summary of the version; of the newest one when that is the same image committed before
   */
  async write(index: ImageIndex): Promise<ImageSummary> {
    await this.#goOnRenaming();
    const name = (await this.resolve(index.name)) ?? index.name;
    const newest = (await this.#indexes.versions(name)).at(-1);
    if (newest !== undefined) {
      const repeated = { ...index, name, version: newest };
      if (await this.#signed.holds(repeated)) return this.#described(repeated);
    }
    const committed = { ...index, name, version: await this.#indexes.nextVersion(name) };
    await this.#signed.write(committed);
    return this.#described(committed);
  }

  async remove(name: string, version: number): Promise<void> {
    await this.#goOnRenaming();
    const found = await this.locate(name, version);
    await this.#indexes.remove(found.name, found.version, 'removed');
    await this.#summaries.delete(formatImageReference(found.name, found.version));
    await this.#labels.drop(found.name, found.version);
  }

  /** Calls must not overlap, as with all that change something. */
  async setNotes(name: string, version: number, notes: string): Promise<ImageSummary> {
    await this.#goOnRenaming();
    const bytes = Buffer.byteLength(notes);
    if (bytes > NOTES_BYTES) {
      throw new MimeoError('image-notes', `The notes have ${bytes} bytes, ${NOTES_BYTES} are the most.`);
    }
    const { index } = await this.read(name, version);
    const changed = { ...index, notes };
    if (notes !== index.notes) await this.#signed.write(changed);
    return this.#described(changed);
  }

  async setLabel(name: string, label: string, version: number): Promise<void> {
    await this.#goOnRenaming();
    const found = await this.locate(name, version);
    await this.#labels.set(found.name, label, found.version);
  }

  async removeLabel(name: string, label: string): Promise<void> {
    await this.#goOnRenaming();
    const found = await this.locate(name);
    await this.#labels.set(found.name, label, null);
  }

  /** @param onIndex told of every index before anything is changed; whatever they name must be kept until the end */
  async rename(from: string, to: string, onIndex: (index: ImageIndex) => void): Promise<void> {
    await this.#goOnRenaming();
    const { name } = await this.locate(from);
    const known = await this.resolve(to);
    if (known !== null && (await this.#indexes.versions(known)).length > 0) {
      throw new MimeoError('image-exists', `There is an image ${known} already.`);
    }
    this.#renames++;
    try {
      this.#halfRenamed.add(name);
      await renameImage({ indexes: this.#indexes, signed: this.#signed }, name, known ?? to, onIndex);
      this.#halfRenamed.delete(name);
    } finally {
      this.#renames++;
    }
  }

  /** @throws MimeoError of the disk: a change on top of half a rename would not be told from the rename */
  async #goOnRenaming(): Promise<void> {
    for (const name of this.#halfRenamed) {
      this.#renames++;
      try {
        await this.#finishRename(name);
        this.#halfRenamed.delete(name);
      } finally {
        this.#renames++;
      }
    }
  }

  async #finishRename(name: string): Promise<void> {
    try {
      await finishRename({ indexes: this.#indexes, signed: this.#signed }, name);
    } catch (error) {
      const problem = toMimeoError(error);
      if (problem.code !== 'image-exists') throw problem;
      // Somebody has to say which of the two stays; nothing is lost meanwhile.
      this.#onProblem(problem);
    }
  }

  /** Finishes renames that a crash interrupted. What cannot be finished is reported; nothing of it is lost. */
  async finishRenames(): Promise<void> {
    for (const name of await this.#indexes.names()) {
      try {
        await this.#finishRename(name);
      } catch (error) {
        this.#halfRenamed.add(name);
        this.#onProblem(toMimeoError(error));
      }
    }
  }

  async #surveyOnce(): Promise<{ images: ImageSummary[]; damaged: DamagedImage[] }> {
    const images: ImageSummary[] = [];
    const damaged: DamagedImage[] = [];
    let labels: ReadonlyMap<string, number> = new Map();
    let labelled: string | null = null;
    for (const [name, version] of await this.#everything()) {
      if (name !== labelled) labels = await this.#labels.readOrReport(name);
      labelled = name;
      try {
        const summary = await this.#summary(name, version);
        if (summary !== null) images.push({ ...summary, labels: labelsOf(labels, version) });
      } catch (error) {
        const { message } = toMimeoError(error);
        damaged.push({ name, version, message });
        this.#onProblem(toMimeoError(error));
      }
    }
    await this.saveSummaries();
    return { images, damaged };
  }

  /** Keeps what is known of the indexes for the next start; without `least` only when that is much. */
  async saveSummaries(least?: number): Promise<void> {
    // On a full disk the next start takes longer, and nothing else is lost.
    await this.#summaries.save(least).catch(() => undefined);
  }

  async #summary(name: string, version: number): Promise<IndexSummary | null> {
    const key = formatImageReference(name, version);
    const mark = await this.#indexes.mark(name, version);
    if (mark === null) return null;
    const known = await this.#summaries.get(key, mark);
    if (known !== null) return known;
    const read = await this.#signed.read(name, version);
    if (read === null) return null;
    const summary = summarise(read.index);
    await this.#summaries.set(key, mark, summary);
    return summary;
  }

  async #described(index: ImageIndex): Promise<ImageSummary> {
    return { ...summarise(index), labels: await this.#labels.of(index.name, index.version) };
  }

  async #everything(): Promise<[string, number][]> {
    const names = (await this.#indexes.names()).sort();
    const found: [string, number][] = [];
    for (const name of names) {
      for (const version of await this.#indexes.versions(name)) found.push([name, version]);
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

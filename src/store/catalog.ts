import { MimeoError, toMimeoError } from '../errors.ts';
import { formatImageReference, type ImageIndex } from '../image/index.ts';
import { mapBounded } from './gate.ts';
import { ImageFinder } from './image-finder.ts';
import { ImageLabels, labelsOf } from './image-labels.ts';
import type { ImageSummary } from './port.ts';
import { finishRename, renameImage } from './rename-image.ts';
import type { IndexShelf } from './shelf.ts';
import { SignedIndexes, type SigningOptions } from './signed-indexes.ts';
import { type IndexSummary, summarise } from './summary.ts';
import { SummaryCache } from './summary-cache.ts';
import type { DamagedImage } from './upkeep-port.ts';

/** Indexes that a list reads at once: while one is checked, which takes most of the time, the disk seeks the next. */
const READS = 4;

/** How often an index is looked for that is listed and not to be read. */
const LOOKS = 4;

/** Longest notes an index takes, in bytes of UTF-8. */
const NOTES_BYTES = 65_000;

export interface CatalogOptions extends SigningOptions {
  /** Told of each index and each file of labels that cannot be read while listing. */
  readonly onProblem?: (error: MimeoError) => void;
}

/** The committed images: finds them by name and version, lists them, and changes what is said about them. */
export class Catalog {
  readonly #indexes: IndexShelf;
  readonly #finder: ImageFinder;
  readonly #signed: SignedIndexes;
  readonly #labels: ImageLabels;
  readonly #onProblem: (error: MimeoError) => void;
  readonly #summaries: SummaryCache;
  /** Names whose rename failed half-way: it goes on before anything else is changed. */
  readonly #halfRenamed = new Set<string>();

  constructor(options: CatalogOptions) {
    this.#indexes = options.indexes;
    this.#finder = new ImageFinder(options.indexes);
    this.#signed = new SignedIndexes(options);
    this.#summaries = new SummaryCache(options.indexes);
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#labels = new ImageLabels(options.indexes, this.#onProblem);
  }

  /** As {@link ImageFinder.locate}. */
  locate(name: string, version?: number): Promise<{ name: string; version: number }> {
    return this.#finder.locate(name, version);
  }

  async read(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }> {
    for (let look = 0; look < LOOKS; look++) {
      const found = await this.#finder.locate(name, version);
      const read = await this.#signed.read(found.name, found.version);
      if (read !== null) return read;
      // Removed or renamed since we looked.
    }
    throw await this.#finder.missing(name, version);
  }

  async list(): Promise<ImageSummary[]> {
    return (await this.survey()).images;
  }

  /** The images, and those that cannot be read. */
  survey(): Promise<{ images: ImageSummary[]; damaged: DamagedImage[] }> {
    return this.#finder.undisturbed(() => this.#surveyOnce());
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
    for (const [name, version] of await this.#finder.everything()) {
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
    const name = (await this.#finder.resolve(index.name)) ?? index.name;
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
    const found = await this.#finder.locate(name, version);
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
    const found = await this.#finder.locate(name, version);
    await this.#labels.set(found.name, label, found.version);
  }

  async removeLabel(name: string, label: string): Promise<void> {
    await this.#goOnRenaming();
    const found = await this.#finder.locate(name);
    await this.#labels.set(found.name, label, null);
  }

  /** @param onIndex told of every index before anything is changed; whatever they name must be kept until the end */
  async rename(from: string, to: string, onIndex: (index: ImageIndex) => void): Promise<void> {
    await this.#goOnRenaming();
    const { name } = await this.#finder.locate(from);
    const known = await this.#finder.resolve(to);
    // Another case of its own name is a name like any other, unless the filesystem does not tell them apart.
    const target = known === null || known === name ? to : known;
    if ((await this.#indexes.versions(target)).length > 0) {
      throw new MimeoError('image-exists', `There is an image ${target} already.`);
    }
    await this.#finder.renaming(async () => {
      this.#halfRenamed.add(name);
      await renameImage({ indexes: this.#indexes, signed: this.#signed }, name, target, onIndex);
      this.#halfRenamed.delete(name);
    });
  }

  /** @throws MimeoError of the disk: a change on top of half a rename would not be told from the rename */
  async #goOnRenaming(): Promise<void> {
    for (const name of this.#halfRenamed) {
      await this.#finder.renaming(() => this.#finishRename(name));
      this.#halfRenamed.delete(name);
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
    const everything = await this.#finder.everything();
    const labels = new Map<string, ReadonlyMap<string, number>>();
    for (const [name] of everything) {
      if (!labels.has(name)) labels.set(name, await this.#labels.readOrReport(name));
    }
    const images: ImageSummary[] = [];
    const damaged: DamagedImage[] = [];
    const found = await mapBounded(everything, READS, ([name, version]) =>
      this.#summaryOrFault(name, version),
    );
    for (const [i, [name, version]] of everything.entries()) {
      const one = found[i] ?? null;
      if (one instanceof MimeoError) {
        damaged.push({ name, version, message: one.message });
        this.#onProblem(one);
      } else if (one !== null) {
        images.push({ ...one, labels: labelsOf(labels.get(name) ?? new Map(), version) });
      }
    }
    await this.saveSummaries();
    return { images, damaged };
  }

  async #summaryOrFault(name: string, version: number): Promise<IndexSummary | MimeoError | null> {
    try {
      return await this.#summary(name, version);
    } catch (error) {
      return toMimeoError(error);
    }
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
}

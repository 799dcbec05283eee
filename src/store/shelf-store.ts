import { MimeoError } from '../errors.ts';
import { type ChunkId, ChunkTableBuilder, type ImageIndex, type Region } from '../image/index.ts';
import { OpenCapture } from './capture-session.ts';
import { Catalog, type CatalogOptions } from './catalog.ts';
import { CheckedChunks } from './checked-chunks.ts';
import type { ChunkCopies } from './chunk-copies.ts';
import { type Claim, ClaimRegistry } from './claims.ts';
import { collectGarbage } from './collect-garbage.ts';
import { checkContentLengths } from './content-lengths.ts';
import { Gate } from './gate.ts';
import { giveBack } from './give-back.ts';
import type { IdSet } from './id-set.ts';
import { Pins } from './pins.ts';
import type { CaptureSession, ImageStore, ImageSummary, LocalCaptureSession, PinnedImage } from './port.ts';
import { scrub } from './scrub.ts';
import type { ChunkShelf } from './shelf.ts';
import { chunkIdsOf } from './summary.ts';
import type {
  DamagedImage,
  GarbageOptions,
  GarbageReport,
  ScrubOptions,
  ScrubReport,
  StoreUsage,
  VerifyOptions,
  VerifyReport,
} from './upkeep-port.ts';
import { verifyChunks } from './verify-image.ts';

export interface ShelfStoreOptions extends CatalogOptions {
  readonly chunks: ChunkShelf;
  /** Who else may hold a chunk that is lost or damaged here; default nobody. */
  readonly copies?: ChunkCopies;
}

/** The store's rules, over any place that keeps chunks and indexes. */
export class ShelfStore implements ImageStore {
  readonly #shelf: ChunkShelf;
  readonly #chunks: CheckedChunks;
  readonly #catalog: Catalog;
  readonly #claims = new ClaimRegistry();
  readonly #pins: Pins;
  /** Commits, pins, and whatever else changes images, one at a time. */
  readonly #changes = new Gate(1);
  /** Two collections at the same time would each wonder at what the other does. */
  readonly #collections = new Gate(1);

  constructor(options: ShelfStoreOptions) {
    this.#shelf = options.chunks;
    this.#chunks = new CheckedChunks(options.chunks, options.copies ?? (async () => null));
    this.#catalog = new Catalog(options);
    this.#pins = new Pins(this.#catalog, this.#claims);
  }

  missing(ids: readonly ChunkId[]): Promise<ChunkId[]> {
    return this.#chunks.missing(ids);
  }

  async putChunk(id: ChunkId, frame: Uint8Array): Promise<void> {
    if (await this.#chunks.put(id, frame)) await this.#shelf.land();
  }

  getChunk(id: ChunkId, options?: { verify?: boolean }): Promise<Buffer> {
    return this.#chunks.get(id, options);
  }

  async recheck(id: ChunkId): Promise<'good' | 'damaged' | 'missing' | 'healed'> {
    const { state } = await this.#chunks.recheck(id);
    return state !== 'good' && (await this.#chunks.heal(id)) ? 'healed' : state;
  }

  commit(index: ImageIndex): Promise<ImageSummary> {
    return this.#claiming(async (claim) => {
      const ids = claimed(claim, index);
      await checkContentLengths(index, this.#chunks);
      return this.#changes.run(async () => {
        for (;;) {
          const { losses } = this.#shelf;
          const sized = await this.#withSizes(index, ids);
          // The index must never survive a power cut that one of its chunks does not.
          await this.#shelf.sync();
          // One that was there may have been lost since, and somebody else been told.
          if (losses === this.#shelf.losses) return this.#catalog.write(sized);
        }
      });
    });
  }

  list(): Promise<ImageSummary[]> {
    return this.#catalog.list();
  }

  survey(): Promise<{ images: ImageSummary[]; damaged: DamagedImage[] }> {
    return this.#catalog.survey();
  }

  readIndex(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }> {
    return this.#catalog.read(name, version);
  }

  beginCapture(): CaptureSession {
    return this.beginLocalCapture();
  }

  beginLocalCapture(): LocalCaptureSession {
    const give = { chunks: this.#shelf, catalog: this.#catalog, claims: this.#claims };
    return new OpenCapture({
      store: this,
      chunks: this.#chunks,
      claim: this.#claims.open(),
      giveBack: (candidates) => giveBack({ ...give, candidates }),
    });
  }

  pin(name: string, version?: number): Promise<PinnedImage> {
    return this.#changes.run(() => this.#pins.pin(name, version));
  }

  remove(name: string, version: number): Promise<void> {
    return this.#changes.run(() => this.#catalog.remove(name, version));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#claiming((claim) =>
      this.#changes.run(async () => {
        const { name } = await this.#catalog.locate(from);
        if (this.#pins.holds(name)) {
          throw new MimeoError('image-held', `A deployment of image ${name} is running.`);
        }
        // A collection may have read the names before the rename and look for the indexes after it.
        await this.#catalog.rename(from, to, (index) => claimed(claim, index));
      }),
    );
  }

  setNotes(name: string, version: number, notes: string): Promise<ImageSummary> {
    return this.#changes.run(() => this.#catalog.setNotes(name, version, notes));
  }

  setLabel(name: string, label: string, version: number): Promise<void> {
    return this.#changes.run(() => this.#catalog.setLabel(name, label, version));
  }

  removeLabel(name: string, label: string): Promise<void> {
    return this.#changes.run(() => this.#catalog.removeLabel(name, label));
  }

  async verify(name: string, version: number, options: VerifyOptions = {}): Promise<VerifyReport> {
    const pinned = await this.pin(name, version);
    try {
      const { index } = pinned;
      const ids = chunkIdsOf(index);
      const found = await verifyChunks(this.#chunks, ids, options);
      return { name: index.name, version: index.version, chunks: ids.size, ...found };
    } finally {
      pinned.release();
    }
  }

  collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
    const ports = { chunks: this.#shelf, catalog: this.#catalog, claims: this.#claims };
    return this.#collections.run(() => collectGarbage({ ...ports, ...options, now: Date.now() }));
  }

  scrub(options: ScrubOptions = {}): Promise<ScrubReport> {
    return scrub({ shelf: this.#shelf, chunks: this.#chunks, catalog: this.#catalog }, options);
  }

  async usage(): Promise<StoreUsage> {
    const { images, damaged } = await this.#catalog.survey();
    const used = await this.#shelf.usage();
    return {
      images: new Set(images.map(({ name }) => name)).size,
      versions: images.length,
      ...used.stored,
      quarantined: used.quarantined,
      damaged: used.damaged,
      damagedImages: damaged,
      freeBytes: used.freeBytes,
    };
  }

  /** For the start: what a crash interrupted is brought to its end. */
  protected finishRenames(): Promise<void> {
    return this.#catalog.finishRenames();
  }

  /** For an orderly end: what was learnt is kept for the next start. */
  protected saveSummaries(): Promise<void> {
    return this.#catalog.saveSummaries(1);
  }

  async #claiming<T>(task: (claim: Claim) => Promise<T>): Promise<T> {
    const claim = this.#claims.open();
    try {
      return await task(claim);
    } finally {
      claim.release();
    }
  }

  /** The index with every chunk's size as it is in the store. */
  async #withSizes(index: ImageIndex, ids: IdSet): Promise<ImageIndex> {
    const all = [...ids];
    const found = await this.#chunks.sizes(all);
    const sizes = new Map(all.map((id, i) => [id, found[i] ?? 0]));
    const lost = all.filter((id) => sizes.get(id) === 0);
    if (lost.length > 0) {
      throw new MimeoError(
        'chunk-missing',
        `${lost.length} of the ${ids.size} chunks of ${index.name} are not in the store, among them ${lost[0]}; nothing was committed.`,
      );
    }
    const sized = (region: Region): Region => {
      const table = new ChunkTableBuilder();
      for (let i = 0; i < region.chunks.count; i++) {
        const id = region.chunks.id(i);
        table.append(id, region.chunks.mask(i), id === null ? 0 : (sizes.get(id) ?? 0));
      }
      return { ...region, chunks: table.build() };
    };
    const otherDisks = index.otherDisks.map((disk) => ({ ...disk, regions: disk.regions.map(sized) }));
    return { ...index, regions: index.regions.map(sized), otherDisks };
  }
}

/** Claims every chunk of an image and returns all that is claimed. */
function claimed(claim: Claim, index: ImageIndex): IdSet {
  for (const id of chunkIdsOf(index)) claim.add(id);
  return claim.ids;
}

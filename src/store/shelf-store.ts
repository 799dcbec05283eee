import { availableParallelism } from 'node:os';
import { MimeoError } from '../errors.ts';
import { type ChunkId, ChunkTableBuilder, type ImageIndex, isChunkId, type Region } from '../image/index.ts';
import { OpenCapture } from './capture-session.ts';
import { Catalog, type CatalogOptions } from './catalog.ts';
import { type Claim, ClaimRegistry } from './claims.ts';
import { openFrame } from './frame.ts';
import { Gate, mapBounded } from './gate.ts';
import type { IdSet } from './id-set.ts';
import { Pins } from './pins.ts';
import type { CaptureSession, ImageStore, ImageSummary, PinnedImage, Reclaimed } from './port.ts';
import type { ChunkShelf } from './shelf.ts';
import { chunkIdsOf } from './summary.ts';
import { sweep } from './sweep.ts';

export interface ShelfStoreOptions extends CatalogOptions {
  readonly chunks: ChunkShelf;
}

/** How many chunks are looked up at once. */
const LOOKUPS = 16;

/** The store's rules, over any place that keeps chunks and indexes. */
export class ShelfStore implements ImageStore {
  readonly #chunks: ChunkShelf;
  readonly #catalog: Catalog;
  readonly #claims = new ClaimRegistry();
  readonly #pins: Pins;
  /** Each check holds up to 2 MiB; more at once than cores gains nothing. */
  readonly #checks = new Gate(Math.max(2, availableParallelism()));
  /** Commits, removals and pins, one at a time. */
  readonly #commits = new Gate(1);
  readonly #writes = new Map<ChunkId, Promise<void>>();

  constructor(options: ShelfStoreOptions) {
    this.#chunks = options.chunks;
    this.#catalog = new Catalog(options);
    this.#pins = new Pins(this.#catalog, this.#claims);
  }

  async missing(ids: readonly ChunkId[]): Promise<ChunkId[]> {
    const distinct = [...new Set(ids)];
    for (const id of distinct) checkId(id);
    const sizes = await mapBounded(distinct, LOOKUPS, (id) => this.#chunks.size(id));
    return distinct.filter((_, i) => sizes[i] === 0);
  }

  async putChunk(id: ChunkId, frame: Uint8Array): Promise<void> {
    await this.#put(id, frame);
  }

  async getChunk(id: ChunkId, options: { verify?: boolean } = {}): Promise<Buffer> {
    checkId(id);
    const frame = await this.#chunks.get(id);
    if (frame === null) throw new MimeoError('chunk-missing', `The store does not hold the chunk ${id}.`);
    if (options.verify) {
      try {
        await this.#checks.run(() => openFrame(id, frame));
      } catch (error) {
        if (error instanceof MimeoError && error.code === 'chunk-damaged') await this.#chunks.setAside(id);
        throw error;
      }
    }
    return frame;
  }

  async recheck(id: ChunkId): Promise<'good' | 'damaged' | 'missing'> {
    try {
      await this.getChunk(id, { verify: true });
      return 'good';
    } catch (error) {
      if (error instanceof MimeoError && error.code === 'chunk-damaged') return 'damaged';
      if (error instanceof MimeoError && error.code === 'chunk-missing') return 'missing';
      throw error;
    }
  }

  async commit(index: ImageIndex): Promise<ImageSummary> {
    const claim = this.#claims.open();
    try {
      const ids = claimed(claim, index);
      return await this.#commits.run(async () => {
        const sized = await this.#withSizes(index, ids);
        // The index must never survive a power cut that one of its chunks does not.
        await this.#chunks.sync();
        return this.#catalog.write(sized);
      });
    } finally {
      claim.release();
    }
  }

  list(): Promise<ImageSummary[]> {
    return this.#catalog.list();
  }

  readIndex(name: string, version?: number): Promise<{ bytes: Buffer; index: ImageIndex }> {
    return this.#catalog.read(name, version);
  }

  beginCapture(): CaptureSession {
    return new OpenCapture({
      store: this,
      claim: this.#claims.open(),
      put: (id, frame) => this.#put(id, frame),
      giveBack: (candidates) =>
        sweep({ chunks: this.#chunks, catalog: this.#catalog, claims: this.#claims, candidates }),
    });
  }

  pin(name: string, version?: number): Promise<PinnedImage> {
    return this.#commits.run(() => this.#pins.pin(name, version));
  }

  remove(name: string, version: number): Promise<void> {
    return this.#commits.run(() => this.#catalog.remove(name, version));
  }

  collectGarbage(options: { olderThanMs: number; dryRun?: boolean }): Promise<Reclaimed> {
    return sweep({
      chunks: this.#chunks,
      catalog: this.#catalog,
      claims: this.#claims,
      candidates: this.#chunks.all(),
      putBefore: Date.now() - options.olderThanMs,
      dryRun: options.dryRun ?? false,
    });
  }

  /** True when this call, and no other one, brought the chunk. */
  async #put(id: ChunkId, frame: Uint8Array): Promise<boolean> {
    checkId(id);
    if ((await this.#chunks.size(id)) > 0) return false;
    await this.#checks.run(() => openFrame(id, frame));
    const running = this.#writes.get(id);
    if (running) {
      await running;
      return false;
    }
    if ((await this.#chunks.size(id)) > 0) return false;
    const again = this.#writes.get(id);
    const write = again ?? this.#chunks.put(id, frame).finally(() => this.#writes.delete(id));
    if (!again) this.#writes.set(id, write);
    await write;
    return !again;
  }

  /** The index with every chunk's size as it is in the store. */
  async #withSizes(index: ImageIndex, ids: IdSet): Promise<ImageIndex> {
    const sizes = new Map<ChunkId, number>();
    const lost: ChunkId[] = [];
    await mapBounded([...ids], LOOKUPS, async (id) => {
      const size = await this.#chunks.size(id);
      if (size === 0) lost.push(id);
      sizes.set(id, size);
    });
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

/** Claims every chunk of an image and returns their ids. */
function claimed(claim: Claim, index: ImageIndex): IdSet {
  for (const id of chunkIdsOf(index)) claim.add(id);
  return claim.ids;
}

function checkId(id: ChunkId): void {
  if (!isChunkId(id))
    throw new MimeoError('chunk-missing', `${JSON.stringify(id.slice(0, 80))} is not a chunk id.`);
}

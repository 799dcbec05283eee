import { MimeoError } from '../errors.ts';
import type { ChunkId, ImageIndex } from '../image/index.ts';
import type { CheckedChunks } from './checked-chunks.ts';
import type { Claim } from './claims.ts';
import { IdSet } from './id-set.ts';
import type { ImageSummary, LocalCaptureSession, Reclaimed, Store } from './port.ts';

export interface CaptureSessionOptions {
  readonly store: Pick<Store, 'commit'>;
  readonly chunks: Pick<CheckedChunks, 'missing' | 'put' | 'putUnchecked'>;
  readonly claim: Claim;
  /** Deletes those of these chunks that nobody else uses. */
  readonly giveBack: (ids: IdSet) => Promise<Reclaimed>;
}

const NOTHING: Reclaimed = { chunks: 0, bytes: 0 };

/** The store's side of one capture; see {@link LocalCaptureSession}. */
export class OpenCapture implements LocalCaptureSession {
  readonly #options: CaptureSessionOptions;
  readonly #added = new IdSet();
  readonly #puts = new Set<Promise<unknown>>();
  #committed: ImageSummary | null = null;
  #abandoned: Promise<Reclaimed> | null = null;

  constructor(options: CaptureSessionOptions) {
    this.#options = options;
  }

  async missing(ids: readonly ChunkId[]): Promise<ChunkId[]> {
    this.#checkOpen();
    for (const id of ids) this.#options.claim.add(id);
    return this.#options.chunks.missing(ids);
  }

  async putChunk(id: ChunkId, frame: Uint8Array): Promise<void> {
    await this.#put(id, () => this.#options.chunks.put(id, frame));
  }

  async putChunkUnchecked(id: ChunkId, frame: Uint8Array): Promise<void> {
    await this.#put(id, () => this.#options.chunks.putUnchecked(id, frame));
  }

  async commit(index: ImageIndex): Promise<ImageSummary> {
    if (this.#committed) return this.#committed;
    this.#checkOpen();
    this.#committed = await this.#options.store.commit(index);
    this.#options.claim.release();
    return this.#committed;
  }

  abandon(): Promise<Reclaimed> {
    if (this.#committed) return Promise.resolve(NOTHING);
    this.#abandoned ??= this.#giveBack();
    return this.#abandoned;
  }

  async #put(id: ChunkId, begin: () => Promise<boolean>): Promise<void> {
    this.#checkOpen();
    this.#options.claim.add(id);
    const put = begin().then((isNew) => {
      if (isNew) this.#added.add(id);
    });
    this.#puts.add(put);
    try {
      await put;
    } finally {
      this.#puts.delete(put);
    }
  }

  async #giveBack(): Promise<Reclaimed> {
    await Promise.allSettled(this.#puts);
    this.#options.claim.release();
    // Nothing to look for: every index would be read for it.
    return this.#added.size === 0 ? NOTHING : this.#options.giveBack(this.#added);
  }

  #checkOpen(): void {
    if (!this.#committed && !this.#abandoned) return;
    throw new MimeoError('capture-ended', 'This capture has ended; the store takes no more of it.');
  }
}

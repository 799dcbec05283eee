import type { ChunkId } from '../image/index.ts';
import { ChunkMarks } from './chunk-marks.ts';
import { IdSet } from './id-set.ts';

/** Chunks that somebody relies on although no committed image may name them yet. */
export class Claim {
  readonly ids: IdSet = new IdSet();
  readonly #registry: ClaimRegistry;

  constructor(registry: ClaimRegistry) {
    this.#registry = registry;
  }

  /** Takes effect at once: call it before looking whether the chunk is there. */
  add(id: ChunkId): void {
    if (this.ids.add(id)) this.#registry.noteClaimed(id);
  }

  release(): void {
    this.#registry.release(this);
  }
}

/**
 * Who relies on what, while images are committed and garbage is collected at the same time. A sweep keeps
 * everything that was claimed when it began or at any time since, also when the claim is released before
 * the sweep ends: the image for which it was made may have been committed after the sweep read the indexes.
 */
export class ClaimRegistry {
  readonly #claims = new Set<Claim>();
  readonly #sweeps = new Set<ChunkMarks>();

  open(): Claim {
    const claim = new Claim(this);
    this.#claims.add(claim);
    return claim;
  }

  release(claim: Claim): void {
    this.#claims.delete(claim);
  }

  noteClaimed(id: ChunkId): void {
    for (const keep of this.#sweeps) keep.add(id);
  }

  /** Runs a sweep with the marks of what it must keep, to which the caller adds what the images name. */
  async sweep<T>(task: (keep: ChunkMarks) => Promise<T>): Promise<T> {
    const keep = new ChunkMarks();
    this.#sweeps.add(keep);
    try {
      for (const claim of this.#claims) for (const id of claim.ids) keep.add(id);
      return await task(keep);
    } finally {
      this.#sweeps.delete(keep);
    }
  }
}

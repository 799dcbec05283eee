import { setImmediate as breath } from 'node:timers/promises';
import { toMimeoError } from '../errors.ts';
import { allRegions, type ImageIndex } from '../image/index.ts';
import type { ImageSummary, Store } from '../store/index.ts';
import { ChunkOwners } from './chunk-owners.ts';

/** By `name@version`: stored bytes of the chunks that no other version needs, what deleting it would give back. */
export type ImageCosts = ReadonlyMap<string, number>;

/** What each version costs beyond what the others hold anyway; every index is read for it, once for a set of images. */
export class ImageCostBook {
  readonly #store: Pick<Store, 'readIndex'>;
  #of = '';
  #costs: Promise<ImageCosts> = Promise.resolve(new Map());

  constructor({ store }: { store: Pick<Store, 'readIndex'> }) {
    this.#store = store;
  }

  /** @param images all of the store */
  costs(images: readonly ImageSummary[]): Promise<ImageCosts> {
    const of = images.map(({ name, version }) => `${name}@${version}`).join(' ');
    if (of === this.#of) return this.#costs;
    this.#of = of;
    this.#costs = this.#count(images);
    // What failed is counted anew the next time.
    this.#costs.catch(() => {
      this.#of = '';
    });
    return this.#costs;
  }

  async #count(images: readonly ImageSummary[]): Promise<ImageCosts> {
    const owners = new ChunkOwners();
    for (const [i, { name, version }] of images.entries()) {
      const index = await this.#index(name, version);
      if (index === null) continue;
      for (const { chunks } of allRegions(index)) {
        for (let at = 0; at < chunks.count; at++) {
          const id = chunks.id(at);
          if (id !== null) owners.add(id, i + 1, chunks.storedBytes(at));
        }
      }
      // Hosts are served meanwhile.
      await breath();
    }
    const only = owners.onlyBytes();
    return new Map(images.map(({ name, version }, i) => [`${name}@${version}`, only.get(i + 1) ?? 0]));
  }

  /** Null when it was deleted in the meantime. */
  async #index(name: string, version: number): Promise<ImageIndex | null> {
    try {
      return (await this.#store.readIndex(name, version)).index;
    } catch (error) {
      if (toMimeoError(error).code === 'image-missing') return null;
      throw error;
    }
  }
}

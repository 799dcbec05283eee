import { formatImageReference } from '../image/index.ts';
import type { Catalog } from './catalog.ts';
import type { Claim, ClaimRegistry } from './claims.ts';
import type { PinnedImage } from './port.ts';
import { chunkIdsOf } from './summary.ts';

interface Held {
  readonly image: Pick<PinnedImage, 'bytes' | 'index'>;
  readonly claim: Claim;
  holders: number;
}

/** The images that deployments hold. A room of hosts that get the same image share one copy of its index. */
export class Pins {
  readonly #catalog: Catalog;
  readonly #claims: ClaimRegistry;
  readonly #held = new Map<string, Held>();

  constructor(catalog: Catalog, claims: ClaimRegistry) {
    this.#catalog = catalog;
    this.#claims = claims;
  }

  /** Must not overlap with itself or with a removal: the image could vanish between reading and claiming. */
  async pin(name: string, version?: number): Promise<PinnedImage> {
    const found = await this.#catalog.locate(name, version);
    const key = formatImageReference(found.name, found.version);
    const held = this.#held.get(key) ?? (await this.#take(key, found.name, found.version));
    held.holders++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      if (--held.holders > 0) return;
      held.claim.release();
      this.#held.delete(key);
    };
    return { ...held.image, release };
  }

  /** Whether any version of a name is held. */
  holds(name: string): boolean {
    return Array.from(this.#held.values()).some(({ image }) => image.index.name === name);
  }

  async #take(key: string, name: string, version: number): Promise<Held> {
    const image = await this.#catalog.read(name, version);
    const claim = this.#claims.open();
    for (const id of chunkIdsOf(image.index)) claim.add(id);
    const held = { image, claim, holders: 0 };
    this.#held.set(key, held);
    return held;
  }
}

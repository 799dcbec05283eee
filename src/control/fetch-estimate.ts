import type { HostRow } from '../db/index.ts';
import { diffImages, type ImageIndex } from '../image/index.ts';
import type { ImageSummary } from '../store/index.ts';
import { imageMeant } from './image-reference.ts';

/** About how much a host has to fetch. */
export interface FetchEstimate {
  readonly bytes: number;
  /** The version it was last given, which this is told from; null when it is not known what its disk holds. */
  readonly from: string | null;
}

/**
 * Guesses what machines fetch from what they were last given: the rest of the image is on their disks already, but for
 * what drifted since. The same question for thirty machines is answered once.
 */
export class FetchEstimates {
  readonly #images: readonly ImageSummary[];
  readonly #decoded: (name: string, version: number) => Promise<ImageIndex>;
  readonly #known = new Map<string, Promise<number>>();

  constructor(options: {
    images: readonly ImageSummary[];
    decoded: (name: string, version: number) => Promise<ImageIndex>;
  }) {
    this.#images = options.images;
    this.#decoded = options.decoded;
  }

  async of(host: HostRow, image: ImageSummary): Promise<FetchEstimate> {
    const last = this.#last(host);
    if (last === null) return { bytes: image.storedBytes, from: null };
    const from = `${last.name}@${last.version}`;
    const key = `${from} ${image.name}@${image.version}`;
    const known = this.#known.get(key) ?? this.#diff(last, image);
    this.#known.set(key, known);
    return { bytes: await known, from };
  }

  #last({ last_image: name, last_version: version }: HostRow): ImageSummary | null {
    if (name === null || version === null) return null;
    try {
      return imageMeant(`${name}@${version}`, this.#images);
    } catch {
      // Deleted since: what the disk holds cannot be told any more.
      return null;
    }
  }

  async #diff(last: ImageSummary, image: ImageSummary): Promise<number> {
    const [before, after] = await Promise.all(
      [last, image].map(({ name, version }) => this.#decoded(name, version)),
    );
    return before === undefined || after === undefined
      ? image.storedBytes
      : diffImages(before, after).fetchBytes;
  }
}

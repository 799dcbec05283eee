import type { ImageDetailView, ImageView } from '../../api/index.ts';
import type { ChunkId } from '../../image/index.ts';
import { record, records, type Wire } from './wire.ts';

/** The images of the server: what there is, and the bytes of each. */
export class ImageCalls {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async list(): Promise<ImageView[]> {
    return records<ImageView>(await this.#wire.ask('/images'), ['name', 'version']);
  }

  async show(ref: string): Promise<ImageDetailView> {
    return record<ImageDetailView>(await this.#wire.ask(pathOf(ref)), ['name', 'partitions']);
  }

  /** The signed index. */
  index(ref: string): Promise<Buffer> {
    return this.#wire.bytes(`${pathOf(ref)}/index`);
  }

  /** The zstd frame of one chunk of that image; the caller checks its hash. */
  chunk(ref: string, id: ChunkId, signal: AbortSignal): Promise<Buffer> {
    return this.#wire.bytes(`${pathOf(ref)}/chunks/${id}`, { signal });
  }
}

function pathOf(ref: string): string {
  return `/images/${encodeURIComponent(ref)}`;
}

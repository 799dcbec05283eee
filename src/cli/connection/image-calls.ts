import type {
  DamagedImageView,
  ImageDetailView,
  ImageDiffView,
  ImageUsesView,
  ImageView,
} from '../../api/index.ts';
import type { ChunkId } from '../../image/index.ts';
import { record, records, type Wire } from './wire.ts';

/** Reading all indexes of a large store takes its time. */
const COUNTING_MS = 120_000;

/** The images of the server: what there is, the bytes of each, and what can be done with whole images. */
export class ImageCalls {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** With what only each of them holds. */
  async list(): Promise<ImageView[]> {
    const answer = await this.#wire.ask('/images?costs=true', { silenceMs: COUNTING_MS });
    return records<ImageView>(answer, ['name', 'version']);
  }

  /** Versions that no list shows, as they cannot be read. */
  async damaged(): Promise<DamagedImageView[]> {
    return records<DamagedImageView>(await this.#wire.ask('/damaged-images'), ['name', 'version', 'message']);
  }

  async show(ref: string): Promise<ImageDetailView> {
    const answer = await this.#wire.ask(pathOf(ref), { silenceMs: COUNTING_MS });
    return record<ImageDetailView>(answer, ['name', 'partitions']);
  }

  async diff(first: string, second: string): Promise<ImageDiffView> {
    const path = `${pathOf(first)}/diff/${encodeURIComponent(second)}`;
    return record<ImageDiffView>(await this.#wire.ask(path), ['first', 'second', 'regions']);
  }

  async uses(ref: string): Promise<ImageUsesView> {
    const answer = await this.#wire.ask(`${pathOf(ref)}/uses`, { silenceMs: COUNTING_MS });
    return record<ImageUsesView>(answer, ['versions', 'assigned', 'tasks']);
  }

  /** @param all a name alone means all its versions */
  async delete(ref: string, all: boolean): Promise<ImageView[]> {
    const path = `${pathOf(ref)}${all ? '?all=true' : ''}`;
    return records<ImageView>(await this.#wire.ask(path, { method: 'DELETE' }), ['name', 'version']);
  }

  async rename(from: string, to: string): Promise<ImageView[]> {
    return records<ImageView>(await this.#wire.post(`${pathOf(from)}/rename`, { name: to }), [
      'name',
      'version',
    ]);
  }

  async note(ref: string, notes: string): Promise<ImageView> {
    const answer = await this.#wire.ask(`${pathOf(ref)}/notes`, { method: 'PUT', body: { notes } });
    return record<ImageView>(answer, ['name', 'version', 'notes']);
  }

  async label(ref: string, label: string, method: 'PUT' | 'DELETE'): Promise<ImageView> {
    const path = `${pathOf(ref)}/labels/${encodeURIComponent(label)}`;
    return record<ImageView>(await this.#wire.ask(path, { method }), ['name', 'version', 'labels']);
  }

  /** The signed index. */
  index(ref: string): Promise<Buffer> {
    return this.#wire.bytes(`${pathOf(ref)}/index`);
  }

  /** The zstd frame of one chunk of that image; the caller checks its hash. */
  chunk(ref: string, id: ChunkId, signal: AbortSignal): Promise<Buffer> {
    return this.#wire.bytes(`${pathOf(ref)}/chunks/${id}`, { signal });
  }

  /** It came and was not what its name says: the server looks at its own copy. */
  async reportBad(ref: string, id: ChunkId, words: string): Promise<void> {
    await this.#wire.post(`${pathOf(ref)}/chunks/${id}/bad`, { words: words.slice(0, 500) });
  }
}

function pathOf(ref: string): string {
  return `/images/${encodeURIComponent(ref)}`;
}

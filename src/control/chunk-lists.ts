import { MimeoError } from '../errors.ts';
import { allDisks, ChunkList } from '../image/index.ts';
import type { ImageAccess } from './image-access.ts';

/** Lists held in memory: of the disks that are being written. */
const CACHED = 16;

/** Which disk of an image is written, and what of it is not. */
export interface DiskPart {
  readonly name: string;
  readonly version: number;
  /** 0 starts the machine. */
  readonly disk: number;
  /** Partitions that are left out. */
  readonly unwritten: readonly number[];
}

/** The numbered chunks of a disk as the agent numbers them. */
export interface KnownList {
  /** The same for the same part, whatever the order of its partitions. */
  readonly key: string;
  readonly list: ChunkList;
}

/** Makes the chunk lists of images that are being deployed, each once. */
export class ChunkLists {
  readonly #images: Pick<ImageAccess, 'decoded'>;
  readonly #lists = new Map<string, Promise<KnownList>>();

  constructor({ images }: { images: Pick<ImageAccess, 'decoded'> }) {
    this.#images = images;
  }

  /** @throws MimeoError `request-invalid` when the image has no such disk */
  of(part: DiskPart): Promise<KnownList> {
    const unwritten = [...new Set(part.unwritten)].toSorted((a, b) => a - b);
    const key = `${part.name}@${part.version}/${part.disk}-${unwritten.join(',')}`;
    const found = this.#lists.get(key);
    if (found !== undefined) return found;
    const making = this.#make(key, part, new Set(unwritten));
    this.#lists.set(key, making);
    making.catch(() => this.#lists.delete(key));
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > CACHED && oldest !== undefined) this.#lists.delete(oldest);
    return making;
  }

  async #make(
    key: string,
    { name, version, disk }: DiskPart,
    unwritten: ReadonlySet<number>,
  ): Promise<KnownList> {
    const image = allDisks(await this.#images.decoded(name, version))[disk];
    if (image === undefined) {
      throw new MimeoError('request-invalid', `${name}@${version} has no disk ${disk}.`);
    }
    return { key, list: ChunkList.of(image, unwritten) };
  }
}

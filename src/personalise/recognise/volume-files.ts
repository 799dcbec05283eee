import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { sameName } from '../locate.ts';

/** As the kernel: more links than this on one way are a ring. */
const MOST_LINKS = 40;

/**
 * Files of a mounted volume that are only looked at. Paths have `/` between their parts; links are followed inside
 * the volume, however they are written, and lead nowhere outside it.
 */
export class VolumeFiles {
  readonly #root: string;
  readonly #same: (a: string, b: string) => boolean;

  /** @param mindCase whether the volume's own system tells `A` from `a` */
  constructor(root: string, mindCase: boolean) {
    this.#root = root;
    this.#same = mindCase ? (a, b) => a === b : sameName;
  }

  /** Where a path really is, as a path of this machine; null as {@link locate} says. */
  async find(path: string): Promise<string | null> {
    const parts = await this.locate(path);
    return parts === null ? null : join(this.#root, ...parts);
  }

  /**
   * Where a path really is, from the root of the volume, in the spelling of what exists; null when there is nothing,
   * or two names differ by case only, or it cannot be read.
   */
  async locate(path: string): Promise<string[] | null> {
    let here: string[] = [];
    const rest = path.split('/');
    let links = 0;
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        here = here.slice(0, -1);
        continue;
      }
      const name = await this.#name(here, part);
      if (name === null) return null;
      const found = await lstat(join(this.#root, ...here, name)).catch(() => null);
      if (found === null) return null;
      if (!found.isSymbolicLink()) {
        here = [...here, name];
        continue;
      }
      links += 1;
      if (links > MOST_LINKS) return null;
      const target = await readlink(join(this.#root, ...here, name));
      if (target.startsWith('/')) here = [];
      rest.unshift(...target.split('/'));
    }
    return here;
  }

  /** The first bytes of a file; null when there is no such file. */
  async head(path: string, bytes: number): Promise<Buffer | null> {
    const place = await this.find(path);
    if (place === null || !(await lstat(place)).isFile()) return null;
    const file = await open(place).catch(() => null);
    if (file === null) return null;
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Text of a small file; null when there is none. */
  async text(path: string): Promise<string | null> {
    return (await this.head(path, 65_536))?.toString('utf8') ?? null;
  }

  /** The names in a folder; empty when there is none. */
  async names(path: string): Promise<string[]> {
    const place = await this.find(path);
    return place === null ? [] : readdir(place).catch(() => []);
  }

  async #name(folder: readonly string[], wanted: string): Promise<string | null> {
    const names = await readdir(join(this.#root, ...folder)).catch(() => []);
    const matches = names.filter((name) => this.#same(name, wanted));
    return matches.length === 1 ? (matches[0] ?? null) : null;
  }
}

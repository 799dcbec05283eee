import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A boot program is a few hundred KiB; what is larger does not belong on TFTP. */
const LARGEST_FILE = 8 * 1024 * 1024;

/** The files TFTP gives, by the exact name they are asked for. */
export type BootFiles = ReadonlyMap<string, string>;

/** Every regular file directly in a folder, by its name; links and folders are left out. */
export async function listBootFiles(folder: string): Promise<BootFiles> {
  const entries = await readdir(folder, { withFileTypes: true });
  return new Map(
    entries.filter((entry) => entry.isFile()).map((entry) => [entry.name, join(folder, entry.name)]),
  );
}

/**
 * The path behind an asked name, or null. A name is looked up, never joined to a folder, so nothing climbs
 * out: `../x`, `..\x`, `%2e%2e/x` and an absolute path are names that are not in the table. Firmware that
 * puts a `/` or `./` before the name it was told is forgiven.
 */
export function findBootFile(files: BootFiles, asked: string): string | null {
  return files.get(asked.replace(/^(?:\.?\/)/, '')) ?? null;
}

interface Loaded {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Reads boot files and keeps the last content of each, so that a room full of hosts shares one copy. */
export class BootFileCache {
  readonly #loaded = new Map<string, Loaded>();

  /**
   * The content of a file as it is now.
   *
   * @throws Error of the filesystem; also for a link, a folder and a file above 8 MiB.
   */
  async read(path: string): Promise<Buffer> {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const stat = await file.stat({ bigint: true });
      if (!stat.isFile()) throw new Error(`${path} is no regular file`);
      if (stat.size > LARGEST_FILE) throw new Error(`${path} is larger than ${LARGEST_FILE} bytes`);
      const key = `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
      const known = this.#loaded.get(path);
      if (known?.key === key) return known.bytes;
      const bytes = await file.readFile();
      this.#loaded.set(path, { key, bytes });
      return bytes;
    } finally {
      await file.close();
    }
  }
}

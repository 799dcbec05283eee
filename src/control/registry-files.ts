import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../errors.ts';
import { makeRegistryFile } from '../personalise/index.ts';

/** A .reg file larger than this is a mistake: it would travel to every host with its order. */
const MAX_BYTES = 4 * 1_048_576;

/** The .reg files of the share, which every deployed Windows imports at its first boot. */
export class RegistryFiles {
  readonly #folder: string;

  /** @param folder `registry` in the share; it need not exist */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Name and content (base64) of each, in the order of their names.
   *
   * @throws MimeoError `request-invalid` when one is too large
   */
  async read(): Promise<{ name: string; content: string }[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      },
    );
    // Windows and macOS leave `._name.reg` and lock files beside what people save.
    const names = entries
      .filter((entry) => entry.isFile() && /^[^.~].*\.reg$/i.test(entry.name))
      .map((entry) => entry.name)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    const files: { name: string; content: string }[] = [];
    for (const name of names) {
      const bytes = await readFile(join(this.#folder, name));
      if (bytes.length > MAX_BYTES) {
        throw new MimeoError(
          'request-invalid',
          `registry/${name} has ${bytes.length} bytes; 4 MiB is the most.`,
        );
      }
      files.push({ name, content: bytes.toString('base64') });
    }
    return files;
  }

  /**
   * Fills every file for one host, so that a slip in it is told when a deployment is ordered and not when
   * thirty disks are written.
   *
   * @throws MimeoError `registry-file-invalid` naming file, line and column
   */
  async check(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const file of await this.read()) makeRegistryFile(file, fields);
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../errors.ts';
import { makeRegistryFile } from '../personalise/index.ts';

/** All .reg files together: more is a mistake, since they travel to every host with its order. */
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
   * @throws MimeoError `request-invalid` when they are too large together
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
    let total = 0;
    for (const name of names) {
      const bytes = await readFile(join(this.#folder, name));
      total += bytes.length;
      if (total > MAX_BYTES) {
        throw new MimeoError(
          'request-invalid',
          `With registry/${name} the .reg files of the share come to ${total} bytes; 4 MiB together is the most.`,
          { next: 'Take out of the folder registry what these machines do not need.' },
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

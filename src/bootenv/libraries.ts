import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../errors.ts';
import { elfNeeds, isElf } from './elf.ts';

/** Where the loader of Debian looks, relative to the root. */
const LIBRARY_FOLDERS = ['usr/lib/x86_64-linux-gnu', 'usr/lib', 'usr/lib64'];

/**
 * The shared libraries and loaders that programs need, followed to the end.
 *
 * @param folder the unpacked packages
 * @param programs absolute paths of ELF files; other files are passed over
 * @returns paths relative to `folder`, sorted
 * @throws MimeoError `bootenv-build` naming the program and the library that no package brings.
 */
export async function libraryClosure(folder: string, programs: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const queue = [...programs];
  for (let program = queue.shift(); program !== undefined; program = queue.shift()) {
    const bytes = await readFile(program);
    if (!isElf(bytes)) continue;
    const { interpreter, libraries } = elfNeeds(bytes);
    const wanted = libraries.map((name) => ({
      name,
      places: LIBRARY_FOLDERS.map((place) => `${place}/${name}`),
    }));
    // The loader is named by its path; /lib64 is a link into /usr.
    if (interpreter !== null) wanted.push({ name: interpreter, places: [`usr${interpreter}`] });
    for (const { name, places } of wanted) {
      const path = places.find((one) => existsSync(join(folder, one)));
      if (path === undefined) {
        throw new MimeoError(
          'bootenv-build',
          `${program.slice(folder.length + 1)} needs ${name}, which no package brings.`,
        );
      }
      if (!found.has(path)) {
        found.add(path);
        queue.push(join(folder, path));
      }
    }
  }
  return [...found].sort();
}

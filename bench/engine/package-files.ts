import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of one of this machine's Debian packages. */
export interface PackageFile {
  readonly package: string;
  readonly path: string;
  readonly bytes: number;
}

const LISTS = '/var/lib/dpkg/info';
/** Names that Windows can open; ntfs-3g refuses the others. */
const PLAIN = /^[^<>:"|?*\\\p{Cc}]+$/u;
/** One such file would be the whole volume. */
const LARGEST = 128 * 1_048_576;

/**
 * The regular files under /usr of this machine's packages, spread evenly over all packages by name, up to
 * about this many bytes; fewer when there are no more.
 */
export async function packageFiles(budget: number): Promise<PackageFile[]> {
  const lists = (await readdir(LISTS)).filter((name) => name.endsWith('.list')).sort();
  const all: PackageFile[] = [];
  for (const list of lists) {
    for (const path of (await readFile(join(LISTS, list), 'utf8')).split('\n')) {
      if (!path.startsWith('/usr/') || !PLAIN.test(path) || /[. ](\/|$)/.test(path)) continue;
      const found = await stat(path).catch(() => null);
      if (found === null || !found.isFile() || found.size === 0 || found.size > LARGEST) continue;
      all.push({ package: list.replace(/(:.*)?\.list$/, ''), path, bytes: found.size });
    }
  }
  const share = Math.min(1, budget / all.reduce((sum, file) => sum + file.bytes, 1));
  let due = 0;
  const chosen: PackageFile[] = [];
  for (const file of all) {
    due += file.bytes * share;
    if (due < file.bytes) continue;
    due -= file.bytes;
    chosen.push(file);
  }
  return chosen;
}

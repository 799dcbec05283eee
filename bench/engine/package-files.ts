import { lstat, readdir, readFile } from 'node:fs/promises';
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
 * The regular files under /usr of this machine's packages: whole packages, spread evenly by name, up to about
 * this many bytes; fewer when there are no more. Those of `wanted` come in any case.
 */
export async function packageFiles(budget: number, wanted: RegExp): Promise<PackageFile[]> {
  const lists = (await readdir(LISTS)).filter((name) => name.endsWith('.list')).sort();
  const packages: PackageFile[][] = [];
  for (const list of lists) packages.push(await filesOf(list));
  const bytesOf = (files: readonly PackageFile[]): number => files.reduce((sum, file) => sum + file.bytes, 0);
  const isWanted = (files: readonly PackageFile[]): boolean => wanted.test(files[0]?.package ?? '');
  const certain = bytesOf(packages.filter(isWanted).flat());
  const share = Math.min(1, (budget - certain) / (bytesOf(packages.flat()) - certain));
  let due = 0;
  return packages.flatMap((files) => {
    if (isWanted(files)) return files;
    due += bytesOf(files) * share;
    if (due < bytesOf(files)) return [];
    due -= bytesOf(files);
    return files;
  });
}

async function filesOf(list: string): Promise<PackageFile[]> {
  const files: PackageFile[] = [];
  for (const path of (await readFile(join(LISTS, list), 'utf8')).split('\n')) {
    if (!path.startsWith('/usr/') || !PLAIN.test(path) || /[. ](\/|$)/.test(path)) continue;
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isFile() || found.size === 0 || found.size > LARGEST) continue;
    files.push({ package: list.replace(/(:.*)?\.list$/, ''), path, bytes: found.size });
  }
  return files;
}

import type { DriverFolder } from '../settings.ts';
import { type DriverIndex, type DriverPackage, packageFiles } from './driver-index.ts';

/**
 * What has to be copied for some drivers, one entry for each of their folders. Folders inside of others of them are
 * joined to these, so that no file is sent twice.
 *
 * @param hash the sha256 of a file of the tree, hex in lower case
 */
export async function driverFolders(
  index: DriverIndex,
  packages: readonly DriverPackage[],
  hash: (path: string) => Promise<string>,
): Promise<DriverFolder[]> {
  const paths = new Map<string, string>();
  const homes = [...new Set(packages.map(({ folder }) => folder))].sort();
  const outer = homes.filter((home) => !homes.some((other) => home !== other && isInside(home, other)));
  for (const one of packages) {
    const home = outer.find((candidate) => isInside(one.folder, candidate)) ?? one.folder;
    for (const path of packageFiles(index, one)) paths.set(path, home);
  }
  const folders: DriverFolder[] = [];
  for (const home of outer) {
    const files = [];
    for (const path of [...paths.keys()].filter((path) => paths.get(path) === home).sort()) {
      const sha256 = await hash(path);
      files.push({
        path: home === '' ? path : path.slice(home.length + 1),
        bytes: index.files.get(path) ?? 0,
        sha256,
      });
    }
    folders.push({ path: home, files });
  }
  return folders;
}

function isInside(folder: string, home: string): boolean {
  return folder === home || home === '' || folder.startsWith(`${home}/`);
}

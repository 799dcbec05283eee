import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DriverIndex, type DriverPackage, type DriverProblem, infPath } from './driver-index.ts';
import { readDriverInf } from './inf/read-driver-inf.ts';

/** How many folders or files are looked at side by side. */
const AT_ONCE = 16;
/** What Windows allows in no name; it also cuts off blanks and dots at the end. */
const NOT_FOR_WINDOWS = /[<>:"|?*\\\p{Cc}\ufffd]|[. ]$/u;
/** Windows' 259 characters without `C:\Drivers\`. */
const LONGEST_PATH = 259 - 'C:\\Drivers\\'.length;

interface TreeFile {
  readonly path: string;
  readonly bytes: number;
  readonly stamp: string;
}

/**
 * Reads a folder of drivers with all folders in it. What cannot be read, or is no proper .inf file, becomes a problem
 * and stops nothing. Links are not followed: one could lead out of the share.
 *
 * @param root the folder `drivers` of the share, or another tree, such as `\Windows\INF` of an image
 * @param before an earlier result of the same folder: .inf files with the same size and time are not read again
 * @returns nothing in it when the folder does not exist
 */
export async function scanDrivers(root: string, before?: DriverIndex): Promise<DriverIndex> {
  const problems: DriverProblem[] = [];
  const complain = (path: string, text: string): void => {
    problems.push({ path, line: 0, text });
  };
  const tree = await listTree(root, complain);
  const files = new Map<string, number>();
  const spellings = new Map<string, string>();
  for (const { path, bytes } of tree) {
    const other = spellings.get(path.toLowerCase());
    if (other !== undefined) complain(path, `To Windows this is the same name as ${other}.`);
    spellings.set(path.toLowerCase(), other ?? path);
    files.set(path, bytes);
  }
  const known = new Map(before?.packages.map((one) => [infPath(one), one]));
  const packages: DriverPackage[] = [];
  await eachOf(
    tree.filter(({ path }) => /\.inf$/i.test(path)),
    async (file) => {
      const old = known.get(file.path);
      const made = old?.stamp === file.stamp ? old : await readPackage(root, file, complain);
      if (made !== null) packages.push(made);
    },
  );
  packages.sort((a, b) => compare(infPath(a), infPath(b)));
  for (const one of packages) {
    if (one.folder === '')
      complain(one.name, 'A driver needs a folder of its own; this one is given to no host.');
    problems.push(...one.inf.problems.map(({ line, text }) => ({ path: infPath(one), line, text })));
  }
  problems.sort((a, b) => compare(a.path, b.path) || a.line - b.line);
  return { packages, files, spellings, problems };
}

async function readPackage(
  root: string,
  { path, stamp }: TreeFile,
  complain: (path: string, text: string) => void,
): Promise<DriverPackage | null> {
  const bytes = await readFile(join(root, path)).catch((error: Error) => {
    complain(path, `The file cannot be read: ${error.message}.`);
    return null;
  });
  const inf = bytes === null ? null : readDriverInf(bytes);
  if (inf === null) return null;
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1), inf, stamp };
}

/** All regular files of a tree, sorted by path. */
async function listTree(root: string, complain: (path: string, text: string) => void): Promise<TreeFile[]> {
  const found: TreeFile[] = [];
  let folders = [''];
  while (folders.length > 0) {
    const below: string[] = [];
    await eachOf(folders, async (folder) => {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(
        (error: NodeJS.ErrnoException) => {
          if (folder !== '' || error.code !== 'ENOENT') {
            complain(folder, `The folder cannot be read: ${error.message}.`);
          }
          return [];
        },
      );
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isSymbolicLink()) complain(path, 'This is a link, which is not followed.');
        else if (!entry.isDirectory() && !entry.isFile()) continue;
        else if (NOT_FOR_WINDOWS.test(entry.name))
          complain(path, 'Windows cannot have this name; it is left out.');
        else if (path.length > LONGEST_PATH)
          complain(path, 'The path is too long for Windows; it is left out.');
        else if (entry.isDirectory()) below.push(path);
        else {
          const status = await lstat(join(root, path)).catch(() => null);
          // A file that went away in between is no problem.
          if (status?.isFile()) {
            found.push({ path, bytes: status.size, stamp: `${status.size} ${status.mtimeMs}` });
          }
        }
      }
    });
    folders = below;
  }
  return found.sort((a, b) => compare(a.path, b.path));
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { DriverInf } from './inf/driver-inf.ts';

/** All drivers of a folder tree, as `scanDrivers` found them. */
export interface DriverIndex {
  /** Sorted by their .inf files' paths. */
  readonly packages: readonly DriverPackage[];
  /** All files of the tree that Windows could have, by path (`/` between the parts), with their sizes; sorted. */
  readonly files: ReadonlyMap<string, number>;
  /** The same paths by their spelling in lower case: Windows' drivers do not mind the case. */
  readonly spellings: ReadonlyMap<string, string>;
  readonly problems: readonly DriverProblem[];
}

/** A driver: an .inf file and what lies beside it. */
export interface DriverPackage {
  /** Folder of the .inf file in the tree, `/` between its parts; '' is the tree's root. */
  readonly folder: string;
  /** Name of the .inf file. */
  readonly name: string;
  readonly inf: DriverInf;
  /** Size and time of the .inf file when it was read: with the same ones it is not read again. */
  readonly stamp: string;
}

export interface DriverProblem {
  /** In the tree. */
  readonly path: string;
  /** From 1; 0 when it is the file as a whole. */
  readonly line: number;
  readonly text: string;
}

/** Where the .inf file is in the tree. */
export function infPath(one: { readonly folder: string; readonly name: string }): string {
  return one.folder === '' ? one.name : `${one.folder}/${one.name}`;
}

/** A problem as one line for people. */
export function problemLine(problem: DriverProblem): string {
  return problem.line === 0
    ? `${problem.path}: ${problem.text}`
    : `${problem.path}, line ${problem.line}: ${problem.text}`;
}

/**
 * What belongs to a driver and has to be copied with it: all in its folder, but not in folders below that have an
 * .inf file of their own, except for files that it names there.
 *
 * @returns paths in the tree
 */
export function packageFiles(index: DriverIndex, one: DriverPackage): string[] {
  const home = one.folder === '' ? '' : `${one.folder}/`;
  const others = new Set(index.packages.map(({ folder }) => folder));
  const found = new Set<string>();
  for (const path of index.files.keys()) {
    if (path.startsWith(home) && !inOtherPackage(path, home, others)) found.add(path);
  }
  for (const { files } of one.inf.manufacturers.flatMap(({ models }) => models)) {
    for (const file of files) {
      for (const name of sourceNames(file.path, file.cabinet)) {
        const path = index.spellings.get(`${home}${name}`.toLowerCase());
        if (path !== undefined) found.add(path);
      }
    }
  }
  return [...found].sort();
}

/** The names that a file may lie under: its own, compressed (`driver.sy_`), or in a cabinet. */
export function sourceNames(path: string, cabinet: string | null): string[] {
  return [path, path.replace(/.$/s, '_'), ...(cabinet === null ? [] : [cabinet])];
}

function inOtherPackage(path: string, home: string, others: ReadonlySet<string>): boolean {
  let slash = path.lastIndexOf('/');
  while (slash > home.length) {
    if (others.has(path.slice(0, slash))) return true;
    slash = path.lastIndexOf('/', slash - 1);
  }
  return false;
}

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandOptions, CommandResult } from '../command.ts';
import { run } from '../command.ts';

/** Unpacked packages: what the boot environment is made from, and the tools that make it. */
export interface PackageTree {
  readonly folder: string;
  /**
   * Runs a program of the tree with the tree's own loader and libraries, so that the server's release
   * matters not and nothing has to be installed on it. `path` is relative to the tree.
   */
  run(path: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

/** How many packages are unpacked at the same time. */
const PARALLEL = 4;

/** Unpacks package files into an empty folder without running any of their scripts. */
export async function unpackPackages(
  archives: string,
  files: readonly string[],
  folder: string,
  signal?: AbortSignal,
): Promise<PackageTree> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await run(['dpkg-deb', '-x', join(archives, file), folder], signal === undefined ? {} : { signal });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return packageTree(folder, signal);
}

function packageTree(folder: string, signal?: AbortSignal): PackageTree {
  const loader = join(folder, 'usr/lib64/ld-linux-x86-64.so.2');
  const libraries = join(folder, 'usr/lib/x86_64-linux-gnu');
  return {
    folder,
    run: (path, args, options = {}) =>
      run([loader, '--library-path', libraries, join(folder, path), ...args], {
        ...(signal === undefined ? {} : { signal }),
        ...options,
      }),
  };
}

/** Every file and link below a folder, as sorted relative paths. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../errors.ts';
import { sameName, windowsPath } from './locate.ts';
import type { Entry, FolderEntry } from './types.ts';

/** Answer files and .reg files are kilobytes; what is larger is none, and the host has little memory. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads what a plan needs of a mounted volume: the folders on the way to each wanted path are listed, the file at its
 * end is read. Names are compared without case, and all that match are followed, so that the plan sees a clash.
 */
export async function readView(
  mountPoint: string,
  wanted: readonly (readonly string[])[],
  settle: Settle = () => Promise.resolve(),
): Promise<FolderEntry> {
  return readFolder(mountPoint, [], wanted, settle);
}

/** Called with each folder before it is listed. */
export type Settle = (mountPoint: string, path: readonly string[]) => Promise<void>;

async function readFolder(
  mountPoint: string,
  path: readonly string[],
  wanted: readonly (readonly string[])[],
  settle: Settle,
): Promise<FolderEntry> {
  await settle(mountPoint, path);
  const entries: Entry[] = [];
  for (const child of await readdir(join(mountPoint, ...path), { withFileTypes: true })) {
    const below = wanted
      .filter(([first]) => first !== undefined && sameName(first, child.name))
      .map((rest) => rest.slice(1));
    const here = [...path, child.name];
    if (child.isDirectory()) {
      entries.push(
        below.length > 0
          ? await readFolder(mountPoint, here, below, settle)
          : { kind: 'folder', name: child.name, entries: null },
      );
    } else {
      const asked = child.isFile() && below.some((rest) => rest.length === 0);
      entries.push({
        kind: 'file',
        name: child.name,
        bytes: asked ? await readWhole(mountPoint, here) : null,
      });
    }
  }
  return { kind: 'folder', name: path.at(-1) ?? '', entries };
}

async function readWhole(mountPoint: string, path: readonly string[]): Promise<Uint8Array> {
  const file = join(mountPoint, ...path);
  const { size } = await stat(file);
  if (size > MAX_FILE_BYTES) {
    throw new MimeoError(
      'personalise-not-written',
      `${windowsPath(path)} has ${size} bytes, far more than such a file can have.`,
    );
  }
  return readFile(file);
}

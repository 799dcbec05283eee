import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../errors.ts';
import { sameName, volumePath } from './locate.ts';
import type { Entry, FileEntry, FolderEntry, PosixAttributes } from './types.ts';

/** Answer files and .reg files are kilobytes; what is larger is none, and the host has little memory. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Called with each folder before it is listed. */
export type Settle = (mountPoint: string, path: readonly string[]) => Promise<void>;

export interface ViewOptions {
  readonly settle?: Settle;
  /** A Linux volume: names that differ by case are different names, and the view tells owners and modes. */
  readonly mindCase?: boolean;
}

/**
 * Reads what a plan needs of a mounted volume: the folders on the way to each wanted path are listed, the file at its
 * end is read (a last part of `*` reads none, the folder is listed only). Where names are compared without case, all
 * that match are followed, so that the plan sees a clash. Symbolic links are told, never followed.
 *
 * @throws MimeoError `personalise-not-written` for a file of more than 16 MiB
 */
export async function readView(
  mountPoint: string,
  wanted: readonly (readonly string[])[],
  { settle = () => Promise.resolve(), mindCase = false }: ViewOptions = {},
): Promise<FolderEntry> {
  const same = mindCase ? (a: string, b: string) => a === b : sameName;

  const readFolder = async (
    path: readonly string[],
    below: readonly (readonly string[])[],
  ): Promise<FolderEntry> => {
    await settle(mountPoint, path);
    const entries: Entry[] = [];
    for (const child of await readdir(join(mountPoint, ...path), { withFileTypes: true })) {
      const inside = below
        .filter(([first]) => first !== undefined && same(first, child.name))
        .map((rest) => rest.slice(1));
      const here = [...path, child.name];
      if (child.isDirectory()) {
        entries.push(
          inside.length > 0
            ? await readFolder(here, inside)
            : { kind: 'folder', name: child.name, entries: null },
        );
      } else if (child.isSymbolicLink()) {
        const target = await readlink(join(mountPoint, ...here));
        entries.push({ kind: 'file', name: child.name, bytes: null, target });
      } else {
        const asked = child.isFile() && inside.some((rest) => rest.length === 0);
        entries.push(
          asked
            ? await readWhole(mountPoint, here, mindCase)
            : { kind: 'file', name: child.name, bytes: null },
        );
      }
    }
    return {
      kind: 'folder',
      name: path.at(-1) ?? '',
      entries,
      ...(mindCase ? { attributes: attributesOf(await lstat(join(mountPoint, ...path))) } : {}),
    };
  };

  const root = await readFolder([], wanted);
  return mindCase ? { ...root, mindsCase: true } : root;
}

async function readWhole(mountPoint: string, path: readonly string[], mindCase: boolean): Promise<FileEntry> {
  const file = join(mountPoint, ...path);
  const found = await lstat(file);
  if (found.size > MAX_FILE_BYTES) {
    throw new MimeoError(
      'personalise-not-written',
      `${volumePath(path, mindCase)} has ${found.size} bytes, far more than such a file can have.`,
    );
  }
  return {
    kind: 'file',
    name: path.at(-1) ?? '',
    bytes: await readFile(file),
    ...(mindCase ? { attributes: attributesOf(found) } : {}),
  };
}

function attributesOf({ mode, uid, gid }: Stats): PosixAttributes {
  return { mode: mode & 0o7777, uid, gid };
}

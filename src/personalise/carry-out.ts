import { chmod, chown, lstat, open, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { MimeoError } from '../errors.ts';
import { makeFolders, protect } from './make-folders.ts';
import { remove } from './remove.ts';
import { NEW_SUFFIX, replaceInPlace } from './replace-in-place.ts';
import type { Change, Edit, Folder, PosixAttributes, SymbolicLink } from './types.ts';
import { writeFresh } from './write-fresh.ts';

/**
 * Carries out one change, whole or, after a power cut, again.
 *
 * @param words how the path is called in an error
 * @returns whether what is new is protected as it should be
 * @throws Error in any words; the caller says which path it is about
 */
export async function carryOut(mountPoint: string, change: Change, words: string): Promise<boolean> {
  const path = join(mountPoint, ...change.path);
  switch (change.kind) {
    case 'removal':
      if (await isWayThere(mountPoint, change.path)) await remove(path, change.secret);
      return true;
    case 'link':
      await makeFolders(mountPoint, change.path.slice(0, -1), 'everyone');
      await replaceLink(path, change);
      return true;
    case 'folder':
      return makeFolder(mountPoint, path, change);
    default:
      return change.before === null
        ? await createFile(mountPoint, path, change)
        : await changeFile(mountPoint, path, change, change.before, words);
  }
}

async function makeFolder(mountPoint: string, path: string, change: Folder): Promise<boolean> {
  const isProtected = await makeFolders(mountPoint, change.path, change.readers);
  if (change.attributes !== undefined) await setAttributes(path, change.attributes);
  return isProtected;
}

async function changeFile(
  mountPoint: string,
  path: string,
  edit: Edit,
  before: Uint8Array,
  words: string,
): Promise<boolean> {
  await isWayThere(mountPoint, edit.path);
  const isFile = (await lstat(path)).isFile();
  if (!isFile || Buffer.compare(await readFile(path), before) !== 0) {
    throw new MimeoError('personalise-not-written', `${words} was changed while it was being worked on.`);
  }
  // Whoever may read it from now on is settled before there is anything new to read.
  if (edit.attributes !== undefined) await setAttributes(path, edit.attributes);
  if (Buffer.compare(before, edit.after) !== 0) await replaceInPlace(path, before, edit.after);
  return true;
}

/** Whether only administrators may change the new file. */
async function createFile(mountPoint: string, path: string, edit: Edit): Promise<boolean> {
  await makeFolders(mountPoint, edit.path.slice(0, -1), edit.readers);
  const temporary = `${path}${NEW_SUFFIX}`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  let isProtected: boolean;
  try {
    isProtected = await protect(temporary, edit.readers === 'everyone' ? 0o644 : 0o600);
    if (edit.attributes !== undefined) await setAttributes(temporary, edit.attributes);
    await writeFresh(file, edit.after);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return isProtected;
}

async function replaceLink(path: string, { target }: SymbolicLink): Promise<void> {
  const temporary = `${path}${NEW_SUFFIX}`;
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, path);
  await syncFolder(dirname(path));
  if ((await readlink(path)) !== target) throw new Error(`the link reads back otherwise`);
}

/**
 * Whether all folders on the way to a path are there.
 *
 * @throws Error when one of them is no folder
 */
async function isWayThere(mountPoint: string, path: readonly string[]): Promise<boolean> {
  for (let depth = 1; depth < path.length; depth++) {
    const found = await lstat(join(mountPoint, ...path.slice(0, depth))).catch(() => null);
    if (found === null) return false;
    if (!found.isDirectory()) throw new Error(`${path[depth - 1]} on its way is no folder`);
  }
  return true;
}

/** The owner first: changing it takes set-user-id away. */
async function setAttributes(path: string, { mode, uid, gid }: PosixAttributes): Promise<void> {
  await chown(path, uid, gid);
  await chmod(path, mode);
}

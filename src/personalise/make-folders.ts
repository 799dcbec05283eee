import { chmod, lstat, mkdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../command.ts';
import { syncFolder } from '../durable-file.ts';
import { folderDescriptor } from './folder-descriptor.ts';
import type { Edit } from './types.ts';

/** What the kernel calls a filesystem of ntfs-3g (fuseblk). */
const FUSE_BLOCK = 0x65735546;
/** Under this name ntfs-3g shows a file's security descriptor and takes a new one. */
const DESCRIPTOR = 'system.ntfs_acl';

/**
 * Makes the folders of a path that are not there. Only SYSTEM and administrators (on Linux: root) may change them and,
 * in Windows, whatever is put into them later.
 *
 * @returns whether that is so; not on a volume that gives new files to everyone
 * @throws Error when something else, or a symbolic link, stands in the way
 */
export async function makeFolders(
  mountPoint: string,
  folders: readonly string[],
  readers: Edit['readers'],
): Promise<boolean> {
  let path = mountPoint;
  let isProtected = true;
  for (const segment of folders) {
    path = join(path, segment);
    const found = await lstat(path).catch(() => null);
    if (found?.isDirectory()) continue;
    if (found !== null) throw new Error(`${segment} on its way is no folder`);
    await mkdir(path);
    isProtected = (await protectFolder(path, readers)) && isProtected;
    await syncFolder(dirname(path));
  }
  return isProtected;
}

async function protectFolder(path: string, readers: Edit['readers']): Promise<boolean> {
  const mode = readers === 'everyone' ? 0o755 : 0o700;
  const isClosed = await protect(path, mode);
  if (isClosed && (await statfs(path)).type === FUSE_BLOCK) {
    const value = `0x${folderDescriptor(readers).toString('hex')}`;
    await run(['setfattr', '--no-dereference', '--name', DESCRIPTOR, '--value', value, path]);
  }
  return isClosed;
}

/**
 * Sets a mode, from which ntfs-3g makes a security descriptor.
 *
 * @returns whether it stuck; it does not where the volume is mounted without `permissions`
 */
export async function protect(path: string, mode: number): Promise<boolean> {
  await chmod(path, mode);
  return ((await lstat(path)).mode & 0o777) === mode;
}

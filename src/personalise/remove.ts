import { constants } from 'node:fs';
import { lstat, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * Removes a file or a folder with all that is in it; what is not there needs no removing. Links go, what they lead to
 * stays.
 *
 * With `secret` each file is overwritten with zeros first. That clears the blocks of NTFS, ext4 and XFS, which write
 * in place; a file that is compressed, a filesystem that writes elsewhere (btrfs, F2FS) and a worn flash cell keep
 * what they had.
 */
export async function remove(path: string, secret: boolean): Promise<void> {
  if (secret) await overwriteTree(path);
  await rm(path, { recursive: true, force: true });
  await syncFolder(dirname(path));
}

/** Writes zeros over a file's content, down to the disk, where the filesystem lets it; its length stays. */
export async function overwrite(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const zeros = Buffer.alloc(Math.min(size, CHUNK_BYTES));
    for (let at = 0; at < size; at += zeros.length) {
      await file.write(zeros, 0, Math.min(zeros.length, size - at), at);
    }
    await file.sync();
  } catch (error) {
    // What is compressed, ntfs-3g does not write in the middle.
    if ((error as NodeJS.ErrnoException).code !== 'EOPNOTSUPP') throw error;
  } finally {
    await file.close();
  }
}

async function overwriteTree(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found?.isFile() === true) await overwrite(path);
  if (found?.isDirectory() === true) {
    for (const name of await readdir(path)) await overwriteTree(join(path, name));
  }
}

import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How a temporary file beside its target is named, so that whoever cleans up can tell it. */
export const TEMPORARY_PREFIX = '.tmp-';

/**
 * Replaces a file so that after any crash either the old or the new content is there, whole: temp in the
 * same folder, write, length check, fsync, rename, fsync the folder (house law 7).
 */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}`);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o644);
    try {
      // Asked for in so many words: the umask has no say in it.
      if (options.mode !== undefined) await file.chmod(options.mode);
      await file.writeFile(bytes);
      const { size } = await file.stat();
      if (size !== bytes.length) throw new Error(`${temporary}: ${size} of ${bytes.length} bytes written`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // Should this fail too, the first error is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

/** Makes renames and removals in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

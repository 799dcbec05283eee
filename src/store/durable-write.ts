import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { TEMPORARY_PREFIX } from '../durable-file.ts';
import type { NewFile, StoreFiles } from './files.ts';

/**
 * Replaces a file so that after any crash the old or the new content is there, whole (house law 7), through
 * the store's filesystem.
 */
export async function writeDurably(files: StoreFiles, path: string, content: Uint8Array): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}`);
  try {
    const file = await createWhole(files, temporary, content);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    // Should this fail too, the next start after a crash removes it; the first error is the one to tell.
    await files.remove(temporary).catch(() => false);
    throw error;
  }
  await files.syncFolder(folder);
}

/** A new file with all of this content, still open, not synced. On an error it is closed, and may be left behind. */
export async function createWhole(files: StoreFiles, path: string, bytes: Uint8Array): Promise<NewFile> {
  const file = await files.create(path);
  try {
    // In one write where the system allows.
    for (let done = 0; done < bytes.length; ) {
      const written = await file.write(bytes.subarray(done));
      if (written <= 0) throw new Error(`${path}: the system took no byte after ${done} of ${bytes.length}`);
      done += written;
    }
    const size = await file.size();
    if (size !== bytes.length) throw new Error(`${path}: ${size} of ${bytes.length} bytes written`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

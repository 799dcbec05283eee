import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { overwrite, remove } from './remove.ts';
import { writeFresh } from './write-fresh.ts';

/** What a file was, kept beside it while it is being rewritten. */
export const UNDO_SUFFIX = '.mimeo-undo';
/** What is not yet whole. */
export const NEW_SUFFIX = '.mimeo-new';

/** Whether a name is one of a run that has not ended. */
export function isLeftover(name: string): boolean {
  return name.endsWith(UNDO_SUFFIX) || name.endsWith(NEW_SUFFIX);
}

/**
 * Rewrites an existing file without replacing it, so that its security descriptor, attributes, streams and short name
 * stay (a rename over it would lose them all on NTFS). Its old content waits beside it until the new one is on the
 * disk: {@link undoInterrupted} puts it back after a power cut. What waited is overwritten, as it may hold a password.
 */
export async function replaceInPlace(path: string, before: Uint8Array, after: Uint8Array): Promise<void> {
  const undo = `${path}${UNDO_SUFFIX}`;
  const temporary = `${path}${NEW_SUFFIX}`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeFresh(file, before);
  } finally {
    await file.close();
  }
  await rename(temporary, undo);
  await syncFolder(dirname(path));
  await rewrite(path, after);
  await remove(undo, true);
}

/** Puts back what an interrupted {@link replaceInPlace} left behind. */
export async function undoInterrupted(undo: string): Promise<void> {
  await rewrite(undo.slice(0, -UNDO_SUFFIX.length), await readFile(undo));
  await remove(undo, true);
}

async function rewrite(path: string, bytes: Uint8Array): Promise<void> {
  // Cutting alone leaves what it held where it stood, and it may have held a password.
  await overwrite(path);
  const file = await open(path, 'r+');
  try {
    // Cut to nothing first: ntfs-3g writes a compressed file from its start only.
    await file.truncate(0);
    await file.write(bytes, 0, bytes.length, 0);
    await file.sync();
    const { size } = await file.stat();
    if (size !== bytes.length) throw new Error(`${path}: ${size} of ${bytes.length} bytes written`);
  } finally {
    await file.close();
  }
}

import type { FileHandle } from 'node:fs/promises';

/** Larger than what a file's own record holds on any NTFS. */
const APART_BYTES = 4096;

/**
 * Writes the content of a new, empty file, down to the disk.
 *
 * NTFS keeps small content in the file's own record, and a copy stays behind in there when the file is renamed: what
 * is written here may be a password, so it is made to lie in a cluster of its own, which can be overwritten.
 */
export async function writeFresh(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const most = Buffer.alloc(Math.max(bytes.length, APART_BYTES));
  most.set(bytes);
  await file.writeFile(most);
  await file.truncate(bytes.length);
  await file.sync();
  const { size } = await file.stat();
  if (size !== bytes.length) throw new Error(`${size} of ${bytes.length} bytes were written`);
}

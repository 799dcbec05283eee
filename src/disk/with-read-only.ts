import { stat } from 'node:fs/promises';
import { run } from '../command.ts';

/**
 * Tells the kernel to refuse every write to a disk while `use` runs, and puts the old state back. For a plain
 * file there is no such switch, and nothing happens.
 */
export async function withReadOnly<T>(path: string, use: () => Promise<T>): Promise<T> {
  if (!(await stat(path)).isBlockDevice()) return use();
  const { stdout } = await run(['blockdev', '--getro', path]);
  if (stdout.toString().trim() === '1') return use();
  await run(['blockdev', '--setro', path]);
  try {
    return await use();
  } finally {
    await run(['blockdev', '--setrw', path]);
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MimeoError } from '../errors.ts';
import { sameName, windowsPath } from './locate.ts';
import { isLeftover } from './replace-in-place.ts';
import type { Edit } from './types.ts';

/**
 * Reads back what was written, from the volume mounted anew (read-only): the bytes, that Windows finds one file under
 * each name, and that nothing temporary is left.
 *
 * @throws MimeoError `personalise-not-written`
 */
export async function verify(mountPoint: string, edits: readonly Edit[]): Promise<void> {
  for (const edit of edits) {
    const path = join(mountPoint, ...edit.path);
    const found = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw failed(edit, `cannot be read back (${error.code ?? error.message})`, error);
    });
    if (Buffer.compare(found, edit.after) !== 0) {
      throw failed(edit, `reads back ${found.length} bytes that are not the ${edit.after.length} written`);
    }
    const name = edit.path.at(-1) ?? '';
    const siblings = await readdir(dirname(path));
    if (siblings.filter((sibling) => sameName(sibling, name)).length !== 1)
      throw failed(edit, 'is there twice');
    const left = siblings.find(isLeftover);
    if (left !== undefined) throw failed(edit, `still has ${left} beside it`);
  }
}

function failed(edit: Edit, words: string, cause?: unknown): MimeoError {
  return new MimeoError('personalise-not-written', `${windowsPath(edit.path)} ${words}.`, { cause });
}

import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MimeoError } from '../errors.ts';
import type { VolumeOptions } from './apply.ts';
import { sameName, volumePath } from './locate.ts';
import { isLeftover } from './replace-in-place.ts';
import type { Change, Edit, PosixAttributes } from './types.ts';

/**
 * Reads back what was written, from the volume mounted anew (read-only): the bytes, owners and modes, that what was
 * removed is gone, that Windows finds one file under each name, and that nothing temporary is left.
 *
 * @throws MimeoError `personalise-not-written`
 */
export async function verify(
  mountPoint: string,
  edits: readonly Change[],
  { mindCase = false }: VolumeOptions = {},
): Promise<void> {
  for (const [index, edit] of edits.entries()) {
    if (edits.slice(index + 1).some((later) => overrules(later, edit))) continue;
    const words = volumePath(edit.path, mindCase);
    const wrong = await whatIsWrong(join(mountPoint, ...edit.path), edit, mindCase);
    if (wrong !== null) throw new MimeoError('personalise-not-written', `${words} ${wrong}.`);
  }
}

/** Whether a later change of the same plan took back what this one did: then that one is to be judged. */
function overrules(later: Change, earlier: Change): boolean {
  if (later.kind === 'removal') return isPrefix(later.path, earlier.path);
  return earlier.kind === 'removal'
    ? isPrefix(earlier.path, later.path)
    : isPrefix(later.path, earlier.path) && later.path.length === earlier.path.length;
}

function isPrefix(path: readonly string[], of: readonly string[]): boolean {
  return path.every((segment, depth) => segment === of[depth]);
}

async function whatIsWrong(path: string, change: Change, mindCase: boolean): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (change.kind === 'removal') return found === null ? null : 'is still there';
  if (found === null) return 'cannot be read back: it is not there';
  if (change.kind === 'link') {
    const target = found.isSymbolicLink() ? await readlink(path) : null;
    if (target !== change.target)
      return `reads back as ${target ?? 'no link'}, not as a link to ${change.target}`;
  } else if (change.kind === 'folder') {
    if (!found.isDirectory()) return 'is no folder';
  } else {
    if (!found.isFile()) return 'cannot be read back: it is no file';
    const bytes = await wrongBytes(path, change);
    if (bytes !== null) return bytes;
  }
  if (change.kind !== 'link' && change.attributes !== undefined && !has(found, change.attributes)) {
    return `has mode ${octal(found.mode)} and belongs to ${found.uid}:${found.gid}`;
  }
  return wrongSiblings(path, change.path.at(-1) ?? '', mindCase);
}

async function wrongBytes(path: string, edit: Edit): Promise<string | null> {
  let found: Buffer;
  try {
    found = await readFile(path);
  } catch (error) {
    return `cannot be read back (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
  return Buffer.compare(found, edit.after) === 0
    ? null
    : `reads back ${found.length} bytes that are not the ${edit.after.length} written`;
}

async function wrongSiblings(path: string, name: string, mindCase: boolean): Promise<string | null> {
  const siblings = await readdir(dirname(path));
  if (!mindCase && siblings.filter((sibling) => sameName(sibling, name)).length !== 1)
    return 'is there twice';
  const left = siblings.find(isLeftover);
  return left === undefined ? null : `still has ${left} beside it`;
}

function has(found: PosixAttributes, wanted: PosixAttributes): boolean {
  return (found.mode & 0o7777) === wanted.mode && found.uid === wanted.uid && found.gid === wanted.gid;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

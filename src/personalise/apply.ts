import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { carryOut } from './carry-out.ts';
import { inWords } from './in-words.ts';
import { volumePath } from './locate.ts';
import { remove } from './remove.ts';
import { isLeftover, UNDO_SUFFIX, undoInterrupted } from './replace-in-place.ts';
import { type Change, isChange } from './types.ts';

export interface Applied {
  /** The edits that changed something. */
  readonly changed: readonly Change[];
  readonly warnings: readonly string[];
}

export interface VolumeOptions {
  /** A Linux volume: names that differ by case are different names. */
  readonly mindCase?: boolean;
}

/**
 * Carries out the edits of a plan on a mounted volume; what is in place already is left alone. New files and folders
 * get a security descriptor by which only SYSTEM and administrators may change them. A symbolic link is never
 * followed: it might lead out of the volume.
 *
 * On NTFS the volume has to be mounted by `ntfs-3g -o permissions`. Without it, and with `inherit` too (for want of a
 * user mapping), every new file belongs to everyone, and anybody could change what SYSTEM runs: checked, and told as a
 * warning.
 *
 * @throws MimeoError `personalise-not-written`
 */
export async function apply(
  mountPoint: string,
  edits: readonly Change[],
  { mindCase = false }: VolumeOptions = {},
): Promise<Applied> {
  const changed = edits.filter(isChange);
  const open: string[] = [];
  for (const edit of changed) {
    const words = volumePath(edit.path, mindCase);
    await inWords(words, async () => {
      if (!(await carryOut(mountPoint, edit, words))) open.push(words);
    });
  }
  const warnings = open.map(
    (path) => `Everyone may change ${path}: the volume was not mounted so that new files are protected.`,
  );
  return { changed, warnings };
}

/** Clears up in one folder behind a run that a power cut ended: half-written files get their old content back. */
export async function recover(mountPoint: string, folder: readonly string[]): Promise<void> {
  const path = join(mountPoint, ...folder);
  for (const name of (await readdir(path)).filter(isLeftover)) {
    await inWords(volumePath([...folder, name], false), async () => {
      if (name.endsWith(UNDO_SUFFIX)) await undoInterrupted(join(path, name));
      else await remove(join(path, name), true);
    });
  }
}

import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { MimeoError } from '../errors.ts';
import { windowsPath } from './locate.ts';
import { isLeftover, NEW_SUFFIX, replaceInPlace, UNDO_SUFFIX, undoInterrupted } from './replace-in-place.ts';
import { type Edit, isChange } from './types.ts';

export interface Applied {
  /** The edits that changed something. */
  readonly changed: readonly Edit[];
  readonly warnings: readonly string[];
}

/**
 * Carries out the edits of a plan on a mounted volume; what is in place already is left alone. New files and folders
 * get a security descriptor by which only SYSTEM and administrators may change them.
 *
 * For that the volume has to be mounted by `ntfs-3g -o permissions`. Without it, and with `inherit` too (for want of a
 * user mapping), every new file belongs to everyone, and anybody could change what SYSTEM runs: checked, and told as a
 * warning.
 *
 * @throws MimeoError `personalise-not-written`
 */
export async function apply(mountPoint: string, edits: readonly Edit[]): Promise<Applied> {
  const changed = edits.filter(isChange);
  const open: string[] = [];
  for (const edit of changed) {
    const path = join(mountPoint, ...edit.path);
    await inWords(edit.path, async () => {
      if (edit.before === null) {
        await makeFolders(mountPoint, edit);
        if (!(await createFile(path, edit))) open.push(windowsPath(edit.path));
      } else {
        const now = await readFile(path);
        if (Buffer.compare(now, edit.before) !== 0) {
          throw new MimeoError(
            'personalise-not-written',
            `${windowsPath(edit.path)} was changed while it was being worked on.`,
          );
        }
        await replaceInPlace(path, edit.before, edit.after);
      }
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
    await inWords([...folder, name], () =>
      name.endsWith(UNDO_SUFFIX) ? undoInterrupted(join(path, name)) : rm(join(path, name)),
    );
  }
}

async function makeFolders(mountPoint: string, edit: Edit): Promise<void> {
  let path = mountPoint;
  for (const segment of edit.path.slice(0, -1)) {
    path = join(path, segment);
    if ((await stat(path).catch(() => null))?.isDirectory()) continue;
    await mkdir(path);
    await protect(path, edit.readers === 'everyone' ? 0o755 : 0o700);
    await syncFolder(dirname(path));
  }
}

/** Whether only administrators may change the new file. */
async function createFile(path: string, edit: Edit): Promise<boolean> {
  const temporary = `${path}${NEW_SUFFIX}`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  let isProtected: boolean;
  try {
    isProtected = await protect(temporary, edit.readers === 'everyone' ? 0o644 : 0o600);
    await file.writeFile(edit.after);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
  return isProtected;
}

/** ntfs-3g makes the security descriptor from the mode; where it does not, the mode does not stick. */
async function protect(path: string, mode: number): Promise<boolean> {
  await chmod(path, mode);
  return ((await stat(path)).mode & 0o777) === mode;
}

const CAUSES: Readonly<Record<string, string>> = {
  EROFS: 'the volume is mounted read-only (hibernated, or not shut down cleanly)',
  ENOSPC: 'the volume is full',
  EIO: 'the disk did not take it (input/output error)',
  EACCES: 'access was refused (an encrypted file?)',
  EOPNOTSUPP: 'the file is of a kind that cannot be written from here (encrypted?)',
};

async function inWords(path: readonly string[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof MimeoError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const cause = CAUSES[code] ?? (error instanceof Error ? error.message : String(error));
    throw new MimeoError('personalise-not-written', `${windowsPath(path)} could not be written: ${cause}.`, {
      cause: error,
    });
  }
}

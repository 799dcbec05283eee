import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MimeoError } from '../../errors.ts';
import { compareText } from './problem.ts';
import { keyOf } from './wildcard.ts';

/** A plain file of the share. Symbolic links are none: what a profile names must not lead out of the share. */
export interface ShareFile {
  /** Relative to the folder that was asked for, `/` between its parts, in the spelling of the share. */
  readonly path: string;
  readonly bytes: number;
  /** Changes whenever the content may have: size, inode, and the kernel's own time of the last change. */
  readonly version: string;
  readonly changedMs: number;
}

const MAX_FILES = 100_000;
const MAX_DEPTH = 20;

/** What Windows, macOS and LibreOffice leave beside what people save. */
const LITTER = /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i;

/**
 * Every file in a folder and in those below it, in the order of names; none when there is no such folder.
 *
 * @throws MimeoError `profile-invalid` when there are absurdly many
 */
export async function listFiles(folder: string): Promise<ShareFile[]> {
  const files: ShareFile[] = [];
  await walk(folder, [], files);
  return files.sort((a, b) => compareText(a.path, b.path));
}

async function walk(folder: string, below: readonly string[], files: ShareFile[]): Promise<void> {
  for (const entry of await entriesOf(join(folder, ...below))) {
    const path = [...below, entry.name];
    if (entry.isDirectory() && below.length < MAX_DEPTH) {
      await walk(folder, path, files);
    } else if (entry.isFile()) {
      const file = await describeFile(join(folder, ...path), path.join('/')).catch(absent);
      if (file === null) continue;
      files.push(file);
      if (files.length > MAX_FILES) {
        throw new MimeoError('profile-invalid', `${folder} has more than ${MAX_FILES} files.`, {
          next: 'Take out of the share what is no driver, package or profile.',
        });
      }
    }
  }
}

/** One file as {@link listFiles} tells of it. */
export async function describeFile(absolute: string, path: string): Promise<ShareFile> {
  const info = await lstat(absolute, { bigint: true });
  return {
    path,
    bytes: Number(info.size),
    version: `${info.size} ${info.ino} ${info.mtimeNs} ${info.ctimeNs}`,
    changedMs: Number(info.ctimeMs),
  };
}

/** The spelling that a folder has in the share, whose users do not mind the case; null when it is not there. */
export async function findFolder(root: string, wanted: string): Promise<string | null> {
  const path: string[] = [];
  for (const name of wanted.split('/')) {
    const folders = (await entriesOf(join(root, ...path))).filter((entry) => entry.isDirectory());
    const exact = folders.find((entry) => entry.name === name);
    const [alike, another] = folders.filter((entry) => keyOf(entry.name) === keyOf(name));
    const found = exact ?? (another === undefined ? alike : undefined);
    if (found === undefined) return null;
    path.push(found.name);
  }
  return path.join('/');
}

async function entriesOf(folder: string) {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? [];
  return entries.filter(({ name }) => !LITTER.test(name));
}

/** What was there a moment ago may be gone: people work in the share. */
function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

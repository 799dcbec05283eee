import { MimeoError } from '../errors.ts';
import type { Entry, FolderEntry } from './types.ts';

export interface Located {
  /** The spelling of what exists, the wanted spelling of what does not. */
  readonly path: readonly string[];
  readonly entry: Entry | null;
}

/**
 * Whether two names are one to Windows. Only ASCII letters are folded: the names we look for are ASCII, and other
 * scripts' folding (the Kelvin sign to k) is not what NTFS does.
 */
export function sameName(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

export function foldName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Finds a path as its system would: on a volume of Windows without case, although the mount itself minds it. Symbolic
 * links are not followed.
 *
 * @throws MimeoError `personalise-ambiguous` when two names differ by case only: Windows would see one of them, we
 * cannot know which
 */
export function locate(root: FolderEntry, wanted: readonly string[]): Located {
  let here: Entry | null = root;
  const same = root.mindsCase === true ? (a: string, b: string) => a === b : sameName;
  const path: string[] = [];
  for (const name of wanted) {
    const children: readonly Entry[] = here?.kind === 'folder' ? (here.entries ?? []) : [];
    const matches = children.filter((entry) => same(entry.name, name));
    if (matches.length > 1) {
      const names = matches.map((entry) => `\\${[...path, entry.name].join('\\')}`);
      throw new MimeoError(
        'personalise-ambiguous',
        `The volume has ${names.join(' and ')}, which are one name to Windows.`,
      );
    }
    here = matches[0] ?? null;
    path.push(here?.name ?? name);
  }
  return { path, entry: here };
}

/** The bytes of a file, or null when there is none (a symbolic link has none). */
export function fileBytes(root: FolderEntry, wanted: readonly string[]): Uint8Array | null {
  const { entry, path } = locate(root, wanted);
  if (entry === null) return null;
  if (entry.kind === 'folder') {
    throw new MimeoError(
      'personalise-ambiguous',
      `${volumePath(path, root.mindsCase === true)} is a folder where a file is expected.`,
    );
  }
  return entry.bytes;
}

/** A path as a technician at the host would write it. */
export function windowsPath(path: readonly string[], drive = ''): string {
  return `${drive}\\${path.join('\\')}`;
}

/** A path of a volume as its own system writes it. */
export function volumePath(path: readonly string[], mindCase: boolean): string {
  return mindCase ? `/${path.join('/')}` : windowsPath(path);
}

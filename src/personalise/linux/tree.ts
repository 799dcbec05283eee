import { MimeoError } from '../../errors.ts';
import type { Edit, Entry, FileEntry, FolderEntry, Removal } from '../types.ts';

/** A place in the tree, symbolic links followed, and what is there: null when nothing is, or it was not listed. */
export interface Place {
  readonly path: readonly string[];
  readonly entry: Entry | null;
}

/** As Linux itself: more links than this on one way are a ring. */
const MAX_LINKS = 40;

/** `/etc/hostname` → `['etc', 'hostname']`. */
export function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '');
}

/** Finds a path as the running system would, links followed inside the tree, the last one too unless told otherwise. */
export function resolvePath(view: FolderEntry, wanted: string, followLast = true): Place {
  let path: string[] = [];
  const rest = segments(wanted);
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '.') continue;
    if (name === '..') {
      path = path.slice(0, -1);
      continue;
    }
    const entry = entryAt(view, [...path, name]);
    const target = entry?.kind === 'file' ? entry.target : undefined;
    if (target !== undefined && (followLast || rest.length > 0)) {
      links += 1;
      if (links > MAX_LINKS) return { path: segments(wanted), entry: null };
      if (target.startsWith('/')) path = [];
      rest.unshift(...segments(target));
    } else path = [...path, name];
  }
  return { path, entry: entryAt(view, path) };
}

function entryAt(view: FolderEntry, path: readonly string[]): Entry | null {
  let here: Entry | null = view;
  for (const name of path) {
    const entries: readonly Entry[] = here?.kind === 'folder' ? (here.entries ?? []) : [];
    here = entries.find((entry) => entry.name === name) ?? null;
  }
  return here;
}

/** Whether there is something under a path. */
export function isThere(view: FolderEntry, path: string): boolean {
  return resolvePath(view, path).entry !== null;
}

/** The names in a folder; none when there is no such folder. */
export function namesIn(view: FolderEntry, folder: string): string[] {
  const { entry } = resolvePath(view, folder);
  return entry?.kind === 'folder' ? (entry.entries ?? []).map(({ name }) => name).sort() : [];
}

/** The names in a folder that a pattern with one or more `*` fits. */
export function namesLike(view: FolderEntry, folder: string, pattern: string): string[] {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`);
  return namesIn(view, folder).filter((name) => expression.test(name));
}

/**
 * The text of a file, one character for each byte, so that it is written back as it was whatever its encoding; null
 * when there is no such file.
 */
export function textOf(view: FolderEntry, path: string): string | null {
  const file = fileAt(view, path);
  return file === null ? null : Buffer.from(file.bytes).toString('latin1');
}

function fileAt(view: FolderEntry, path: string): (FileEntry & { bytes: Uint8Array }) | null {
  const { entry } = resolvePath(view, path);
  if (entry?.kind !== 'file' || entry.target !== undefined) return null;
  if (entry.bytes === null) throw new MimeoError('internal', `/${segments(path).join('/')} was not read`);
  return { ...entry, bytes: entry.bytes };
}

/** Who may read a new file: everyone (0644), or root alone (0600); with an `x` it can be run. */
export type Mode = 0o644 | 0o600 | 0o755 | 0o700 | 0o444 | 0o440;

/** A file with this text (bytes as {@link textOf} gives them); one that is there keeps its owner and mode. */
export function writeText(
  view: FolderEntry,
  path: string,
  after: string,
  why: string,
  mode: Mode = 0o644,
): Edit {
  const before = fileAt(view, path);
  return {
    path: resolvePath(view, path).path,
    before: before?.bytes ?? null,
    after: Buffer.from(after, 'latin1'),
    why,
    readers: (mode & 0o004) === 0 ? 'administrators' : 'everyone',
    ...(before === null ? { attributes: { mode, uid: 0, gid: 0 } } : {}),
  };
}

/** The same for a file of ours, which may hold any character and has this mode whatever it had. */
export function writeOurs(view: FolderEntry, path: string, after: string, why: string, mode: Mode): Edit {
  const edit = writeText(view, path, Buffer.from(after).toString('latin1'), why, mode);
  const { entry } = resolvePath(view, path);
  const now = entry?.kind === 'file' ? entry.attributes : undefined;
  return {
    ...edit,
    attributes: { mode, uid: 0, gid: 0 },
    ...(now === undefined ? {} : { attributesBefore: now }),
  };
}

/** The removal of what is there under a path (a link itself, not what it leads to); nothing when there is nothing. */
export function removeAt(view: FolderEntry, path: string, why: string, secret = false): Removal[] {
  const place = resolvePath(view, path, false);
  return place.entry === null ? [] : [{ kind: 'removal', path: place.path, why, secret }];
}

import type { Change, Entry, FolderEntry, PosixAttributes } from '../types.ts';
import { isChange } from '../types.ts';

/** A tree for tests: text of files, `→ target` for links, by path. */
export type Files = Readonly<Record<string, string>>;

const ARROW = '→ ';

/** The tree as `readView` shows it, with every file read. */
export function viewOf(files: Files, modes: ReadonlyMap<string, PosixAttributes> = new Map()): FolderEntry {
  const build = (name: string, prefix: string): FolderEntry => {
    const below = Object.keys(files).filter((path) => path.startsWith(prefix));
    const names = [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))];
    const entries = names.map((one): Entry => {
      const text = files[`${prefix}${one}`];
      if (text === undefined) return build(one, `${prefix}${one}/`);
      if (text.startsWith(ARROW))
        return { kind: 'file', name: one, bytes: null, target: text.slice(ARROW.length) };
      const attributes = modes.get(`${prefix}${one}`) ?? { mode: 0o644, uid: 0, gid: 0 };
      return { kind: 'file', name: one, bytes: Buffer.from(text), attributes };
    });
    return { kind: 'folder', name, entries: entries.filter(({ name: one }) => one !== '') };
  };
  return { ...build('', '/'), mindsCase: true };
}

export interface Applied {
  readonly files: Files;
  readonly modes: ReadonlyMap<string, PosixAttributes>;
}

/** The tree after these changes, as `apply` makes them. */
export function applied(files: Files, changes: readonly Change[]): Applied {
  const after = new Map(Object.entries(files));
  const modes = new Map<string, PosixAttributes>();
  for (const change of changes.filter(isChange)) {
    const path = `/${change.path.join('/')}`;
    switch (change.kind) {
      case 'removal':
        for (const one of [...after.keys()])
          if (one === path || one.startsWith(`${path}/`)) after.delete(one);
        break;
      case 'link':
        after.set(path, `${ARROW}${change.target}`);
        break;
      case 'folder':
        break;
      default:
        after.set(path, Buffer.from(change.after).toString());
        if (change.attributes !== undefined) modes.set(path, change.attributes);
    }
  }
  return { files: Object.fromEntries(after), modes };
}

import { dirname } from 'node:path';
import type { Chance, Step, Tree } from './disk-log.ts';

/** A name that comes to a folder (of a file, or of a folder) or goes from it. */
interface NameChange {
  readonly at: number;
  readonly path: string;
  readonly now: { readonly file: number } | 'folder' | 'gone';
  synced: boolean;
}

interface Content {
  readonly writes: { readonly at: number; readonly bytes: Buffer }[];
  /** How many of the writes are on the disk itself. */
  synced: number;
}

/**
 * What is left of a disk when the power goes after these steps. It promises no more than POSIX does: content
 * reaches the disk with the file's own sync, a name with that of its folder; everything else is left to chance,
 * each by itself and in any order, also the two halves of a rename from one folder to another.
 * @param place the folder that was there before the first step
 */
export function cutPower(steps: readonly Step[], place: string, chance: Chance): Tree {
  const names: NameChange[] = [];
  const contents = new Map<number, Content>();
  const there = new Map<string, number>();
  const known = new Set<string>();
  for (const [at, step] of steps.entries()) {
    if (step.do === 'folder') {
      for (let path = step.path; path !== place && !known.has(path); path = dirname(path)) {
        known.add(path);
        names.push({ at, path, now: 'folder', synced: false });
      }
    } else if (step.do === 'create') {
      contents.set(step.file, { writes: [], synced: 0 });
      there.set(step.path, step.file);
      names.push({ at, path: step.path, now: { file: step.file }, synced: false });
    } else if (step.do === 'write') contents.get(step.file)?.writes.push({ at, bytes: step.bytes });
    else if (step.do === 'sync') {
      const content = contents.get(step.file);
      if (content) content.synced = content.writes.filter((write) => write.at < step.from).length;
    } else if (step.do === 'rename') {
      const file = there.get(step.from);
      if (file === undefined) continue;
      there.delete(step.from);
      there.set(step.to, file);
      names.push({ at, path: step.to, now: { file }, synced: false });
      names.push({ at, path: step.from, now: 'gone', synced: false });
    } else if (step.do === 'remove') {
      there.delete(step.path);
      names.push({ at, path: step.path, now: 'gone', synced: false });
    } else if (step.do === 'sync-folder') {
      for (const change of names) {
        if (change.at < step.from && dirname(change.path) === step.path) change.synced = true;
      }
    }
  }
  return treeOf(place, names, contents, chance);
}

function treeOf(
  place: string,
  names: readonly NameChange[],
  contents: ReadonlyMap<number, Content>,
  chance: Chance,
): Tree {
  const folders = new Set<string>();
  const files = new Map<string, number>();
  const draws = new Map<string, boolean>();
  for (const change of names) {
    // A rename within one folder is one change of it; from one folder to another it is two.
    const key = `${change.at} ${dirname(change.path)}`;
    const drawn = draws.get(key) ?? chance.name();
    draws.set(key, drawn);
    if (!change.synced && !drawn) continue;
    if (change.now === 'folder') folders.add(change.path);
    else if (change.now === 'gone') {
      files.delete(change.path);
      folders.delete(change.path);
    } else files.set(change.path, change.now.file);
  }
  const reachable = (path: string): boolean =>
    dirname(path) === place || (folders.has(dirname(path)) && reachable(dirname(path)));
  return {
    folders: new Set([place, ...Array.from(folders).filter(reachable)]),
    files: new Map(
      Array.from(files)
        .filter(([path]) => reachable(path))
        .map(([path, file]) => [path, leftOf(contents.get(file), chance)]),
    ),
  };
}

function leftOf(content: Content | undefined, chance: Chance): Buffer {
  const bytes = (content?.writes ?? []).map((write) => write.bytes);
  const synced = Buffer.concat(bytes.slice(0, content?.synced ?? 0));
  const rest = Buffer.concat(bytes.slice(content?.synced ?? 0));
  if (rest.length === 0) return synced;
  switch (chance.content()) {
    case 'kept':
      return Buffer.concat([synced, rest]);
    case 'lost':
      return synced;
    case 'torn':
      return Buffer.concat([synced, rest.subarray(0, Math.floor(rest.length * chance.tear()))]);
    case 'zeros':
      return Buffer.concat([synced, Buffer.alloc(rest.length)]);
  }
}

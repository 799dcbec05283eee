import { fileBytes, locate } from '../locate.ts';
import type { Change, Entry, FolderEntry } from '../types.ts';
import { FIRST_BOOT_FOLDER } from './layout.ts';
import type { FirstBootPlan } from './types.ts';

const WHY = 'the printers and packages of the first boot';
const STALE = "left from the master's own first boot";

/** The paths that {@link firstBootChanges} looks at. */
export function pathsOfFirstBoot(plan: FirstBootPlan): (readonly string[])[] {
  return [
    [...FIRST_BOOT_FOLDER, '*'],
    [...FIRST_BOOT_FOLDER, 'steps', '*'],
    ...plan.files.map(({ path }) => path),
  ];
}

/**
 * The service as changes of a volume. A master that was captured in the middle of its own first boot has marks of steps
 * that were done; with them this host's would never run, so whatever is not of this plan goes.
 */
export function firstBootChanges(view: FolderEntry, plan: FirstBootPlan): Change[] {
  const ours = new Set<string>();
  const kept = [...plan.files.map(({ path }) => path), ...plan.deliveries.map(({ folder }) => folder)];
  for (const path of kept) {
    for (let length = 1; length <= path.length; length += 1) ours.add(key(path.slice(0, length)));
  }
  const stale = (folder: readonly string[]): Change[] =>
    entriesOf(view, folder).flatMap((entry): Change[] => {
      const path = [...folder, entry.name];
      if (ours.has(key(path))) return stale(path);
      return [{ kind: 'removal', path: locate(view, path).path, why: STALE, secret: true }];
    });
  return [
    ...stale(FIRST_BOOT_FOLDER),
    ...plan.files.map(({ path, bytes, readers }): Change => {
      const before = fileBytes(view, path);
      return { kind: 'file', path: locate(view, path).path, before, after: bytes, why: WHY, readers };
    }),
  ];
}

function entriesOf(view: FolderEntry, path: readonly string[]): readonly Entry[] {
  const { entry } = locate(view, path);
  return entry?.kind === 'folder' ? (entry.entries ?? []) : [];
}

function key(path: readonly string[]): string {
  return path.join('\\').toLowerCase();
}

import { apply, recover } from './apply.ts';
import { locate, windowsPath } from './locate.ts';
import { readView } from './read-view.ts';
import type { FolderEntry, PersonaliseOrder, PersonalisePlan, PersonaliseReport } from './types.ts';
import { pathsOfWindowsXp, planWindowsXp } from './windows-xp/plan-from-order.ts';

/** What a volume holds, as far as it decides how its host is personalised. */
export interface VolumeKind {
  /** The folder of a Windows installation, in its spelling, or null. */
  readonly windows: string | null;
  /** Whether it is Vista or later, which keep Sysprep in System32. */
  readonly vistaOrLater: boolean;
  /** Whether a Sysprep folder of XP or 2003 waits in its root. */
  readonly sysprepFolder: boolean;
}

const SYSTEM32 = [
  ['Windows', 'System32', 'Sysprep', '*'],
  ['WINNT', 'System32', '*'],
];

/** Looks at a mounted volume. The agent personalises the one volume that holds Windows. */
export async function inspectVolume(mountPoint: string): Promise<VolumeKind> {
  const view = await readView(mountPoint, SYSTEM32);
  const isFolder = (...path: string[]): boolean => locate(view, path).entry?.kind === 'folder';
  const windows = ['Windows', 'WINNT'].find((name) => isFolder(name, 'System32'));
  return {
    windows: windows === undefined ? null : (locate(view, [windows]).path[0] ?? null),
    vistaOrLater: isFolder('Windows', 'System32', 'Sysprep'),
    sysprepFolder: isFolder('Sysprep'),
  };
}

/** Decides what has to be written on a volume: a function of the order and the view alone. */
export function plan(order: PersonaliseOrder, view: FolderEntry, kind: VolumeKind): PersonalisePlan {
  if (kind.sysprepFolder) return planWindowsXp(order, view);
  return { edits: [], warnings: [whyNothing(kind)] };
}

/**
 * Makes a mounted volume this host's own, before its first boot. May be run again over its own work, whole or cut off
 * by a power cut. Remount the volume read-only afterwards and call `verify` with the report's edits.
 *
 * @param mountPoint where the volume is mounted for writing, by ntfs-3g with `permissions`
 */
export async function personalise(mountPoint: string, order: PersonaliseOrder): Promise<PersonaliseReport> {
  const kind = await inspectVolume(mountPoint);
  let view = await readView(mountPoint, []);
  if (kind.sysprepFolder) {
    // sysprep.inf says where the rest is, so the second look sees it all.
    for (const _ of ['answer file', 'everything']) {
      view = await readView(mountPoint, pathsOfWindowsXp(order, view), { settle: recover });
    }
  }
  const planned = plan(order, view, kind);
  const { changed, warnings } = await apply(mountPoint, planned.edits);
  return {
    edits: planned.edits,
    warnings: [...planned.warnings, ...warnings],
    changes: changed.map((edit) => `${windowsPath(edit.path, 'C:')}: ${edit.why}`),
  };
}

function whyNothing({ windows, vistaOrLater }: VolumeKind): string {
  if (windows === null) return 'The volume holds no Windows that could be given a name; nothing was written.';
  return vistaOrLater
    ? `\\${windows} is Windows Vista or later, which this version of Mimeo does not personalise: the host keeps the name in the image.`
    : `There is no \\Sysprep folder beside \\${windows}: the master was not sealed with Sysprep, so every host keeps the name in the image.`;
}

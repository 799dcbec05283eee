import { MimeoError } from '../errors.ts';
import { apply, recover } from './apply.ts';
import { type Bring, deliver } from './deliver.ts';
import { volumePath } from './locate.ts';
import { kindOfVolume, pathsOfVolume, planVolume, type VolumeFacts } from './plan-volume.ts';
import { readView, type ViewOptions } from './read-view.ts';
import type { Recognised } from './recognise/facts.ts';
import { recogniseVolume } from './recognise/recognise-volume.ts';
import type { HostSettings } from './settings.ts';
import type { PersonaliseReport } from './types.ts';

/** What is read leads to more: sysprep.inf says where the rest is, a link where a file is. */
const MOST_LOOKS = 8;

/** What a volume holds, as far as it decides how its host is personalised. */
export interface Inspected {
  readonly found: Recognised;
  /** Whether there is something on it that can be given a name, or a Windows that cannot. */
  readonly isSystem: boolean;
}

/** Looks at a mounted volume. The agent personalises the one that holds the system. */
export async function inspectVolume(mountPoint: string): Promise<Inspected> {
  const found = await recogniseVolume(mountPoint);
  const view = await readView(mountPoint, []);
  return { found, isSystem: found.system !== 'none' || kindOfVolume({ found, view }) !== 'nothing' };
}

/**
 * Makes a mounted volume this host's own, before its first boot. May be run again over its own work, whole or cut off
 * by a power cut. Remount the volume read-only afterwards and call `verify` with the report's edits and `mindCase`.
 *
 * @param mountPoint where the volume is mounted for writing; NTFS by ntfs-3g with `permissions`
 * @param bring gets the files of the share; without it there must be none
 */
export async function personalise(
  mountPoint: string,
  settings: HostSettings,
  bring: Bring = noFiles,
): Promise<PersonaliseReport> {
  const found = await recogniseVolume(mountPoint);
  const mindCase = found.system === 'linux';
  const planned = planVolume(settings, await lookAt(mountPoint, settings, found));
  const { changed, warnings } = await apply(mountPoint, planned.edits, { mindCase });
  let brought = 0;
  for (const delivery of planned.deliveries)
    if (await deliver(mountPoint, delivery, mindCase, bring)) brought++;
  return {
    edits: planned.edits,
    warnings: [...planned.warnings, ...warnings],
    changes: [
      ...changed.map(({ path, why }) => `${mindCase ? '' : 'C:'}${volumePath(path, mindCase)}: ${why}`),
      ...(brought === 0 ? [] : [`${brought} ${brought === 1 ? 'file' : 'files'} of the share brought`]),
    ],
    mindCase,
    deliveries: planned.deliveries,
  };
}

function noFiles(): Promise<never> {
  return Promise.reject(new MimeoError('internal', 'There is nobody who brings the files of the share.'));
}

/** Reads all that the plan asks for. */
async function lookAt(mountPoint: string, settings: HostSettings, found: Recognised): Promise<VolumeFacts> {
  const options: ViewOptions = { settle: recover, mindCase: found.system === 'linux' };
  let view = await readView(mountPoint, [], options);
  let seen = -1;
  for (let look = 0; look < MOST_LOOKS; look++) {
    const paths = pathsOfVolume(settings, { found, view });
    if (paths.length === seen) break;
    seen = paths.length;
    view = await readView(mountPoint, paths, options);
  }
  return { found, view };
}

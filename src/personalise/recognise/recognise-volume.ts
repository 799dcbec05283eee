import type { Recognised } from './facts.ts';
import { recogniseLinux } from './recognise-linux.ts';
import { recogniseWindows } from './recognise-windows.ts';
import { VolumeFiles } from './volume-files.ts';

/** Where Windows may have been installed: 2000 chose the second. */
const FOLDERS = ['Windows', 'WINNT'];
const SIGNS = ['config/SYSTEM', 'config/SOFTWARE', 'ntoskrnl.exe'];

/**
 * What system is on a mounted volume: Windows by its kernel and hives, Linux by its os-release. Reads only, and never
 * fails for what it reads: what is damaged is "not known", with the reason among the warnings.
 *
 * @param mountPoint the root of the volume
 */
export async function recogniseVolume(mountPoint: string): Promise<Recognised> {
  const folder = await windowsFolder(mountPoint);
  if (folder !== null) return recogniseWindows(mountPoint, folder);
  return (
    (await recogniseLinux(mountPoint)) ?? {
      system: 'none',
      computerName: null,
      words: 'no Windows and no Linux',
      warnings: [],
    }
  );
}

/**
 * What the system on a volume calls itself now: read before a disk is wiped, so that a lab can keep its names.
 *
 * @returns null when there is no system, it has no name, or that cannot be read
 */
export async function presentName(mountPoint: string): Promise<string | null> {
  return (await recogniseVolume(mountPoint)).computerName;
}

/** One with a kernel or a hive: a volume that only starts another, or repairs it, has neither there. */
async function windowsFolder(mountPoint: string): Promise<string | null> {
  const files = new VolumeFiles(mountPoint, false);
  for (const name of FOLDERS) {
    for (const sign of SIGNS) {
      const [folder] = (await files.locate(`${name}/System32/${sign}`)) ?? [];
      if (folder !== undefined) return folder;
    }
  }
  return null;
}

import { MimeoError } from '../../errors.ts';
import type { DriverFolder } from '../settings.ts';
import { type Answers, listAnswer, NO_ANSWERS } from './answer.ts';
import { answerValue } from './answer-value.ts';
import { readIni } from './ini.ts';

/** Where the drivers of the share lie on the host, from the root of the volume. */
export const DRIVERS_FOLDER = 'Drivers';

/** What Sysprep passes on of OemPnPDriversPath (KB 285902, Windows 2000; XP takes 4096 by KB 312535). */
const MAX_PATHS = 2047;

/**
 * Every folder with an .inf file in it, from the root of the system's drive, as OemPnPDriversPath and DevicePath want
 * them: Windows looks into each, and not into those below it.
 */
export function driverPaths(drivers: readonly DriverFolder[]): string[] {
  const paths = drivers.flatMap(({ path, files }) =>
    files
      .filter((file) => /\.inf$/i.test(file.path))
      .map((file) => [DRIVERS_FOLDER, ...path.split('/'), ...file.path.split('/').slice(0, -1)].join('\\')),
  );
  return withoutDoubles(paths);
}

/** A list like `a;b` with more entries behind those it has, none twice. */
export function withPaths(list: string, paths: readonly string[]): string {
  const there = list.split(';').filter((path) => path.trim() !== '');
  const missing = paths.filter((path) => !there.some((one) => fold(one) === fold(path)));
  return missing.length === 0 ? list : [...there, ...missing].join(';');
}

/**
 * [Unattended] OemPnPDriversPath with the host's drivers behind those the master names.
 *
 * @throws MimeoError `personalise-order` when they are more than Windows reads, or one cannot be written
 */
export function driverAnswers(drivers: readonly DriverFolder[], sysprepInf: string): Answers {
  const paths = driverPaths(drivers);
  if (paths.length === 0) return NO_ANSWERS;
  const odd = paths.find((path) => path.includes(';'));
  if (odd !== undefined) {
    throw new MimeoError('personalise-order', `The folder of drivers ${odd} has a semicolon in its name.`);
  }
  answerValue('A folder of drivers', paths.join(';'));
  const found = readIni(sysprepInf, 'Unattended', 'OemPnPDriversPath')?.value ?? '';
  const list = withPaths(found.replaceAll('"', ''), paths);
  if (list === found) return NO_ANSWERS;
  if (list.length > MAX_PATHS) {
    throw new MimeoError(
      'personalise-order',
      `The ${list.split(';').length} folders of drivers take ${list.length} characters in sysprep.inf, and Windows reads ${MAX_PATHS} of them. Give the host fewer drivers, or their folders shorter names.`,
    );
  }
  return {
    // What the master names may have more percent signs than a value of ours: `%SystemDrive%\own`.
    answers: [listAnswer('Unattended', 'OemPnPDriversPath', `"${list}"`)],
    warnings: [],
  };
}

function withoutDoubles(paths: readonly string[]): string[] {
  return [...new Map(paths.map((path) => [fold(path), path])).values()];
}

function fold(path: string): string {
  return path
    .trim()
    .replace(/^[\\/]+|[\\/]+$/g, '')
    .toLowerCase();
}

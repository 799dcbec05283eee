import { readIni } from './ini.ts';

/** Where Mini-Setup looks for `$OEM$\cmdlines.txt`: the InstallFilesPath of sysprep.inf. */
export interface SetupFiles {
  /** The volume's letter in Windows, with its colon. */
  readonly drive: string;
  /** Segments from the root of the volume. */
  readonly path: readonly string[];
}

/**
 * What Setup Manager writes, and Microsoft's samples use. Without InstallFilesPath Mini-Setup does not know where
 * cmdlines.txt is.
 */
export const DEFAULT_SETUP_FILES: SetupFiles = { drive: 'C:', path: ['Sysprep', 'i386'] };

/**
 * Reads InstallFilesPath.
 *
 * @returns `missing` when it is not set, `elsewhere` when it is no folder of the system's own drive
 */
export function readSetupFiles(sysprepInf: string): SetupFiles | 'missing' | 'elsewhere' {
  const value = readIni(sysprepInf, 'Unattended', 'InstallFilesPath')?.value.trim() ?? '';
  if (value === '') return 'missing';
  const match = /^(c:|%systemdrive%)\\([^<>:"/|?*%]+)$/i.exec(value);
  if (match === null) return 'elsewhere';
  const path = (match[2] ?? '').split('\\').filter((segment) => segment !== '');
  if (path.length === 0 || path.some((segment) => /^\.+$/.test(segment))) return 'elsewhere';
  return { drive: 'C:', path };
}

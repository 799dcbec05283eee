import type { WindowsArchitecture, WindowsTarget } from './inf/target-os.ts';

/** Names of folders that say which Windows is meant, as makers and collections of drivers use them. */
const NAMES: readonly (readonly [pattern: RegExp, version: string])[] = [
  [/^(?:win(?:dows)?[ _-]?)?xp(?![a-z])/, '5.1'],
  [/^5x(?:86|64)$/, '5.1'],
  [/^(?:win(?:dows)?[ _-]?)?vista(?![a-z])/, '6.0'],
  [/^6x(?:86|64)$/, '6.0'],
  [/^(?:w|win|windows)[ _-]?7(?![0-9])/, '6.1'],
  [/^7x(?:86|64)$/, '6.1'],
  [/^(?:w|win|windows)[ _-]?8[ ._]?1(?![0-9])/, '6.3'],
  [/^81x(?:86|64)$/, '6.3'],
  [/^(?:w|win|windows)[ _-]?8(?![0-9.])/, '6.2'],
  [/^8x(?:86|64)$/, '6.2'],
  [/^(?:w|win|windows)[ _-]?1[01](?![0-9])/, '10.0'],
  [/^1[01]x(?:86|64)$/, '10.0'],
];

const ARCHITECTURES: readonly (readonly [pattern: RegExp, architecture: WindowsArchitecture])[] = [
  [/(?:x64|amd64|x86[_-]64|64[ _-]?bit)$/, 'amd64'],
  [/(?:x86|i386|32[ _-]?bit)$/, 'x86'],
  [/arm64$/, 'arm64'],
];

/**
 * What the folders on a path say of the Windows they are for. The .inf file alone does not tell always: one for the
 * network of Windows 8 may be open to 7, which cannot load it.
 *
 * @returns 0: this Windows, 1: nothing, 2: another one
 */
export function folderWindows(folder: string, windows: WindowsTarget): 0 | 1 | 2 {
  // XP x64 is 5.2, its folders are called XP.
  const version = windows.major === 5 ? '5.1' : `${windows.major}.${windows.minor}`;
  const parts = folder.toLowerCase().split('/');
  const versions = saidBy(parts, NAMES);
  const architectures = saidBy(parts, ARCHITECTURES);
  if (versions.length > 0 && !versions.includes(version)) return 2;
  if (architectures.length > 0 && !architectures.includes(windows.architecture)) return 2;
  return versions.length === 0 ? 1 : 0;
}

function saidBy<T>(
  parts: readonly string[],
  table: readonly (readonly [pattern: RegExp, meaning: T])[],
): T[] {
  return parts.flatMap((part) =>
    table.filter(([pattern]) => pattern.test(part)).map(([, meaning]) => meaning),
  );
}

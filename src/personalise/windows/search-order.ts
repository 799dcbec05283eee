import { sameName } from '../locate.ts';

/** Where the answer file is written: Windows keeps the one that it works with here, from pass to pass. */
export const ANSWER_FILE = ['Windows', 'Panther', 'unattend.xml'] as const;

const NAMES = ['unattend.xml', 'autounattend.xml'];

/** Source: "Windows Setup Automation Overview", Implicit Answer File Search Order; removable media are left out. */
const FOLDERS = [
  ['Windows', 'Panther', 'Unattend'],
  ['Windows', 'Panther'],
  ['Windows', 'System32', 'Sysprep'],
  [],
] as const;

/** Every place of the system's volume where Windows looks for an answer file, in its order. */
export function answerFilePlaces(unattendFile: string | null): (readonly string[])[] {
  const explicit = unattendFile === null ? null : pathOnVolume(unattendFile);
  const implicit = FOLDERS.flatMap((folder) => NAMES.map((name) => [...folder, name]));
  if (explicit === null) return implicit;
  return [explicit, ...implicit.filter((path) => !samePath(path, explicit))];
}

/** `C:\Windows\x.xml` as segments from the root of the volume; null when it is not on drive C:. */
export function pathOnVolume(path: string): string[] | null {
  const plain = path
    .trim()
    .replaceAll(/^"|"$/g, '')
    .replace(/^%(?:systemroot|windir)%/i, 'C:\\Windows')
    .replace(/^%systemdrive%/i, 'C:');
  const rest = /^c:\\([^<>:"|?*%]+)$/i.exec(plain)?.[1];
  const segments = rest?.split(/[\\/]/).filter((segment) => segment !== '') ?? [];
  return segments.length === 0 || segments.some((segment) => /^\.+$/.test(segment)) ? null : segments;
}

export function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((segment, at) => sameName(segment, b[at] ?? ''));
}

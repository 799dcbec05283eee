import { MimeoError } from '../errors.ts';

/** Longest image name. */
export const NAME_LENGTH = 64;

/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** An image and, if one is meant, its version. */
export interface ImageReference {
  readonly name: string;
  /** Null means the newest. */
  readonly version: number | null;
}

/**
 * Why a text cannot be an image's name, in words; null when it can.
 *
 * Names are ASCII letters, digits, dot, dash and underscore: they are typed at a boot prompt on any
 * keyboard, written in CSV files of any encoding, and are folder names, also on shares read by Windows.
 */
export function imageNameFault(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.length > NAME_LENGTH) return `it has ${name.length} characters, ${NAME_LENGTH} is the most`;
  const odd = /[^A-Za-z0-9._-]/u.exec(name);
  if (odd)
    return `it holds ${JSON.stringify(odd[0])}; only letters (a-z), digits, dot, dash and underscore may be used`;
  if (/^[.-]/.test(name)) return `it starts with "${name[0]}"`;
  if (name.endsWith('.')) return 'it ends with a dot, which Windows drops';
  if (DEVICE.test(name)) return 'Windows keeps this name for a device';
  return null;
}

/** Whether a text can be an image's name; {@link imageNameFault} says why not. */
export function isImageName(name: string): boolean {
  return imageNameFault(name) === null;
}

/** @throws MimeoError `image-name` with the reason */
export function checkImageName(name: string): void {
  const fault = imageNameFault(name);
  if (fault !== null)
    throw new MimeoError('image-name', `${JSON.stringify(name)} cannot be the name of an image: ${fault}.`);
}

/** What two names of the same image have in common: Windows and Samba do not tell upper from lower case. */
export function imageNameKey(name: string): string {
  return name.toLowerCase();
}

/**
 * Reads `name`, `name@3` or `name:3`.
 * @throws MimeoError `image-name` when the name or the version is none
 */
export function parseImageReference(text: string): ImageReference {
  const [, name = '', version] = /^([^@:]*)(?:[@:](.*))?$/su.exec(text.trim()) ?? [];
  checkImageName(name);
  if (version === undefined) return { name, version: null };
  if (!/^[1-9][0-9]{0,8}$/.test(version)) {
    throw new MimeoError(
      'image-name',
      `${JSON.stringify(text)}: "${version}" is not a version; versions count from 1.`,
    );
  }
  return { name, version: Number(version) };
}

/** `name`, or `name@3` when a version is given. */
export function formatImageReference(name: string, version: number | null = null): string {
  return version === null ? name : `${name}@${version}`;
}

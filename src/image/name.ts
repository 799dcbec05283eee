import { MimeoError } from '../errors.ts';

/** Longest image name. */
export const NAME_LENGTH = 64;

/** Names that Windows keeps for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** Longest label. */
export const LABEL_LENGTH = 32;

/** An image and, if one is meant, its version: by number or by label. */
export interface ImageReference {
  readonly name: string;
  /** Null means the one with the label; without a label, the newest. */
  readonly version: number | null;
  /** What technicians call one of the versions ("approved"); null when none is named. */
  readonly label: string | null;
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
 * Why a text cannot be a label, in words; null when it can. A label begins with a letter, so that it is never
 * taken for a version.
 */
export function labelFault(label: string): string | null {
  if (label === '') return 'it is empty';
  if (label.length > LABEL_LENGTH) return `it has ${label.length} characters, ${LABEL_LENGTH} is the most`;
  if (!/^[A-Za-z]/.test(label))
    return `it starts with ${JSON.stringify(label[0])}; a label starts with a letter`;
  const odd = /[^A-Za-z0-9._-]/u.exec(label);
  if (odd)
    return `it holds ${JSON.stringify(odd[0])}; only letters (a-z), digits, dot, dash and underscore may be used`;
  return null;
}

/** @throws MimeoError `image-label` with the reason */
export function checkLabel(label: string): void {
  const fault = labelFault(label);
  if (fault !== null)
    throw new MimeoError('image-label', `${JSON.stringify(label)} cannot be a label: ${fault}.`);
}

/**
 * Reads `name`, `name@3`, `name@approved`, or any of them with a colon.
 * @throws MimeoError `image-name` when the name, the version or the label is none
 */
export function parseImageReference(text: string): ImageReference {
  const [, name = '', what] = /^([^@:]*)(?:[@:](.*))?$/su.exec(text.trim()) ?? [];
  checkImageName(name);
  if (what === undefined) return { name, version: null, label: null };
  if (/^[1-9][0-9]{0,8}$/.test(what)) return { name, version: Number(what), label: null };
  if (labelFault(what) === null) return { name, version: null, label: what };
  throw new MimeoError(
    'image-name',
    `${JSON.stringify(text)}: "${what}" is neither a version nor a label; versions count from 1, labels start with a letter.`,
  );
}

/** `name`, or `name@3` when a version is given. */
export function formatImageReference(name: string, version: number | null = null): string {
  return version === null ? name : `${name}@${version}`;
}

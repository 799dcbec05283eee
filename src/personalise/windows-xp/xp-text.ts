import { MimeoError } from '../../errors.ts';
import { readWindowsText, type WindowsText, writeWindowsText } from '../windows-text.ts';

/** A text file that is edited; an empty one in ANSI where there is none. */
export function textToEdit(bytes: Uint8Array | null, what: string): WindowsText {
  return bytes === null ? { text: '', encoding: 'ansi', utf8Mark: false } : readWindowsText(bytes, what);
}

/**
 * The bytes of an edited file, in its encoding. Where that is ANSI and a new value has other letters than A to Z, the
 * file becomes UTF-16, if that changes nothing else in it.
 *
 * @throws MimeoError `sysprep-inf-invalid` where nobody knows the code page of the letters that were in it
 */
export function editedBytes(original: WindowsText, text: string, what: string): Buffer {
  if (original.encoding === 'utf-16le' || isAscii(text)) return writeWindowsText(text, original.encoding);
  if (isAscii(original.text)) return writeWindowsText(text, 'utf-16le');
  if (sameOdd(original.text, text)) return writeWindowsText(text, 'ansi');
  throw new MimeoError(
    'sysprep-inf-invalid',
    `${what} is ANSI with letters beyond A to Z in a code page that is not named in it, and a value for this host has such letters, too.`,
  );
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** Whether all letters beyond ASCII were there before. */
function sameOdd(before: string, after: string): boolean {
  const odd = (text: string): string => (text.match(/[^\0-\x7f]+/g) ?? []).join('\n');
  return odd(before) === odd(after);
}

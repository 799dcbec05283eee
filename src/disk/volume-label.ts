import { LIMITS } from '../image/index.ts';

/**
 * A filesystem's label as an index can hold it: of a longer one the start, in whole characters. Labels of F2FS may have
 * 512 characters of up to three bytes each, and bytes that are no text become three each.
 */
export function volumeLabel(text: string): string {
  const whole = text.toWellFormed();
  let bytes = 0;
  let length = 0;
  for (const character of whole) {
    bytes += Buffer.byteLength(character);
    if (bytes > LIMITS.label) break;
    length += character.length;
  }
  return whole.slice(0, length);
}

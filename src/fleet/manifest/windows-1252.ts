/**
 * Windows-1252 both ways. The table is here because TextDecoder cannot encode, and because its decoder took this
 * label for Latin-1 in some releases of Node. The five bytes without a character keep their C1 code point, as the
 * WHATWG encoding standard has it, so that every file survives the way there and back.
 */
const HIGH =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(/[\u0080-\u009f]/g, (character) => HIGH.charAt(character.charCodeAt(0) - 0x80));
}

/** The bytes, or null when a character is not in Windows-1252. */
export function encodeWindows1252(text: string): Buffer | null {
  const bytes = Buffer.alloc(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const high = HIGH.indexOf(text.charAt(at));
    if (high >= 0) bytes[at] = 0x80 + high;
    else if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) bytes[at] = code;
    else return null;
  }
  return bytes;
}
